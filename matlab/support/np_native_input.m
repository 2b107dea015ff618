function [x, code] = np_native_input(net, images)
%NP_NATIVE_INPUT Preprocess image files the way MatConvNet's users do.
%   [X, CODE] = NP_NATIVE_INPUT(NET, IMAGES) reads the N files in the cell
%   IMAGES, resizes them to `meta.normalization.imageSize` (bicubic,
%   antialiased) and subtracts `averageImage`, which is 1 x 1 x 3, or
%   H x W x 3 in older networks. X is H x W x 3 x N single, RGB. CODE names
%   the code that resized them.

normalization = np_field(net.meta, 'normalization', []);
target = np_field(normalization, 'imageSize', []);
average = np_field(normalization, 'averageImage', []);
if numel(target) < 2 || isempty(average)
  error('netparity:normalization', ['The weights file lacks `imageSize` or ' ...
    '`averageImage` in meta.normalization. Add them; for VGG16 they are ' ...
    '[224 224 3] and reshape([123.68 116.779 103.939], 1, 1, 3).']);
end
target = double(reshape(target(1:2), 1, 2));
average = single(average);
if numel(average) == 3
  average = reshape(average, 1, 1, 3);
elseif ~isequal(size(average), [target 3])
  error('netparity:normalization', ['averageImage has size [%s], ' ...
    'expected 1 x 1 x 3 or the size of the input, [%s].'], ...
    num2str(size(average)), num2str([target 3]));
end

x = zeros([target 3 numel(images)], 'single');
for k = 1:numel(images)
  [im, code] = np_resize_native(np_read_image(images{k}), target);
  x(:, :, :, k) = im - average;
end
end
