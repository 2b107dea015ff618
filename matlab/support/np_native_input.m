function [x, code] = np_native_input(net, images)
%NP_NATIVE_INPUT Preprocess image files the way MatConvNet's users do.
%   [X, CODE] = NP_NATIVE_INPUT(NET, IMAGES) reads the N files in the cell
%   IMAGES, resizes them (bicubic, antialiased) and normalises them to
%   H x W x C x N single. How is stated by NET.native, which is what
%   NP_JOB_PREPROCESSING returned, or else by the file: NP_FILE_PREPROCESSING.
%   CODE names the code that resized them.

plan = np_field(net, 'native', []);
if isempty(plan)
  plan = np_file_preprocessing(net);
end
x = zeros([plan.size plan.channels numel(images)], 'single');
for k = 1:numel(images)
  im = np_read_image(images{k});
  given = [size(im, 1) size(im, 2)];
  [im, code] = np_resize_native(im, np_resized_size(plan, given));
  margin = floor(([size(im, 1) size(im, 2)] - plan.size) / 2);
  im = im(margin(1) + (1:plan.size(1)), margin(2) + (1:plan.size(2)), :);
  if strcmp(plan.order, 'BGR')
    im = im(:, :, [3 2 1]);
  elseif strcmp(plan.order, 'grey')
    % ITU-R BT.601, as in rgb2gray.
    im = 0.299 * im(:, :, 1) + 0.587 * im(:, :, 2) + 0.114 * im(:, :, 3);
  end
  x(:, :, :, k) = (im * plan.scale - plan.mean) ./ plan.deviation;
end
end
