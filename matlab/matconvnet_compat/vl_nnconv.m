function y = vl_nnconv(x, f, b, varargin)
%VL_NNCONV Convolution of images with a filter bank.
%   Y = VL_NNCONV(X, F, B) convolves the images X with the filter bank F and
%   adds the biases B. Filters are not flipped.
%
%     X   H x W x C x N     single or double
%     F   FH x FW x FC x K  class of X
%     B   K elements        class of X; [] for none
%     Y   YH x YW x K x N   class of X
%
%   If FC is a fraction C / G of the channels, the filters form G groups in
%   order, each of which sees its own FC channels; K must be a multiple of
%   G. An empty F leaves the channels as they are (K = C), so that only
%   padding, stride and biases act.
%
%   Options, names in any case:
%
%   `Stride` [1]::  S or [SY SX]
%   `Pad` [0]::     P or [TOP BOTTOM LEFT RIGHT], filled with zeros
%   `Dilate` [1]::  D or [DY DX], the step between filter taps
%
%   The size of the output is
%
%     YH = floor((H + TOP + BOTTOM - DY * (FH - 1) - 1) / SY) + 1
%     YW = floor((W + LEFT + RIGHT - DX * (FW - 1) - 1) / SX) + 1
%
%   Options for MatConvNet's GPU code are ignored. Derivatives are refused.

defaults = struct('pad', 0, 'stride', 1, 'dilate', 1);
geometry = parse_geometry('vl_nnconv', defaults, varargin);
check_data('vl_nnconv', x);
groups = check_filters(x, f, b);

if isempty(f)
  y = subsample_image(pad_image(x, geometry.pad, 0), geometry.stride);
  if ~isempty(b)
    y = y + reshape(b, 1, 1, []);
  end
  return
end
if isempty(b)
  b = zeros(1, size(f, 4), class(x));
end
b = reshape(b, 1, []);

x = pad_image(x, geometry.pad, 0);
[fh, fw, fc, k] = size(f);
n = size(x, 4);
extent = geometry.dilate .* ([fh fw] - 1) + 1;
out = floor(([size(x, 1) size(x, 2)] - extent) ./ geometry.stride) + 1;
if any(out < 1)
  error('vl_nnconv:size', ['vl_nnconv: a filter of %d x %d does not fit ' ...
    'into the padded image of %d x %d.'], extent, size(x, 1), size(x, 2));
end

if groups == 1 && size(x, 1) == fh && size(x, 2) == fw
  % Fully connected: every image is one patch, already in filter order.
  y = reshape(x, [], n)' * reshape(f, [], k) + b;
  y = reshape(y', 1, 1, k, n);
  return
end
if groups == 1 && n == 1
  % The usual case, without the copies that the slices below make.
  y = convolve_image(x, f, b, out, geometry);
  return
end
y = zeros(out(1), out(2), k, n, class(x));
for g = 1:groups
  channels = (g - 1) * fc + (1:fc);
  filters = (g - 1) * (k / groups) + (1:k / groups);
  for image = 1:n
    y(:, :, filters, image) = convolve_image(x(:, :, channels, image), ...
      f(:, :, :, filters), b(filters), out, geometry);
  end
end
end
