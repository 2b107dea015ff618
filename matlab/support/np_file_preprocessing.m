function plan = np_file_preprocessing(net)
%NP_FILE_PREPROCESSING How the usual script makes a network's input.
%   PLAN = NP_FILE_PREPROCESSING(NET): images are resized to
%   `meta.normalization.imageSize`, whatever their proportions, and
%   `averageImage` is subtracted, which is 1 x 1 x C, or H x W x C in older
%   networks. If there is an `imageStd`, the result is divided by it.
%
%   PLAN has the fields
%
%   `size`::         [H W] of the input
%   `channels`::     C
%   `order`::        'RGB', 'BGR' or 'grey'
%   `scale`::        factor of the values, which are 0 to 255
%   `mean`::         subtracted then: 1 x 1 x C or H x W x C single
%   `deviation`::    divisor then: 1 x 1 x C single
%   `resize`::       [H W] before the crop
%   `keep_aspect`::  whether `resize` is covered, with the image's proportions

normalization = np_field(net.meta, 'normalization', []);
target = double(reshape(np_field(normalization, 'imageSize', []), 1, []));
average = single(np_field(normalization, 'averageImage', []));
if numel(target) < 2 || isempty(average)
  error('netparity:normalization', ['The weights file lacks `imageSize` or ' ...
    '`averageImage` in meta.normalization. Add them; for VGG16 they are ' ...
    '[224 224 3] and reshape([123.68 116.779 103.939], 1, 1, 3).']);
end
plan.size = target(1:2);
plan.channels = 3;
if numel(target) > 2
  plan.channels = target(3);
end
if numel(average) == plan.channels || isscalar(average)
  average = reshape(average, 1, 1, []);
elseif ~isequal([size(average, 1) size(average, 2) size(average, 3)], ...
    [plan.size plan.channels])
  error('netparity:normalization', ['averageImage has size [%s], ' ...
    'expected 1 x 1 x %d or the size of the input, [%s].'], ...
    num2str(size(average)), plan.channels, num2str([plan.size plan.channels]));
end
orders = {'grey', 'RGB'};
plan.order = np_field(normalization, 'channelOrder', orders{1 + (plan.channels > 1)});
plan.scale = single(1);
plan.mean = average;
plan.deviation = reshape(single(np_field(normalization, 'imageStd', 1)), 1, 1, []);
plan.resize = plan.size;
plan.keep_aspect = false;
end
