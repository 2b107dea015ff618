% WRITE_LAYERS Every output of a SimpleNN network, one .npy file each.
%   octave-cli ... write_layers.m MATLAB_FOLDER WEIGHTS INPUT FOLDER
%
%   INPUT is an .npy file, N x H x W x C. FOLDER gets 01.npy and so on, H x W x C
%   x N, all layers computed as they stand in the file, and names.txt.

given = argv();
addpath(fullfile(given{1}, 'support'), fullfile(given{1}, 'matconvnet_compat'));
vl_setupnn();
net = vl_simplenn_tidy(load(given{2}));
x = permute(np_read_npy(given{3}), [2 3 4 1]);
res = vl_simplenn(net, x, [], [], 'Mode', 'test', 'ConserveMemory', false);
fid = fopen(fullfile(given{4}, 'names.txt'), 'w');
for i = 1:numel(net.layers)
  np_write_npy(fullfile(given{4}, sprintf('%02d.npy', i)), res(i + 1).x);
  fprintf(fid, '%s\n', net.layers{i}.name);
end
fclose(fid);
