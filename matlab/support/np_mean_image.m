function average = np_mean_image(net, name, wanted)
%NP_MEAN_IMAGE The image that is subtracted from a network's input.
%   A = NP_MEAN_IMAGE(NET, NAME, [H W C]) is single. NAME is a .npy file, H x W x C;
%   any other name stands for `averageImage` in NET's meta.normalization.

if numel(name) > 4 && strcmp(name(end - 3:end), '.npy')
  average = single(np_read_npy(name));
else
  normalization = np_field(net.meta, 'normalization', []);
  average = single(np_field(normalization, 'averageImage', []));
end
found = [size(average, 1) size(average, 2) size(average, 3)];
if ~isequal(found, wanted)
  error('netparity:normalization', ['the mean image (%s) has size [%s], expected ' ...
    '[%s]'], name, num2str(found), num2str(wanted));
end
end
