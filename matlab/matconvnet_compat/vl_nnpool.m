function y = vl_nnpool(x, pool, varargin)
%VL_NNPOOL Maximum or mean over sliding windows.
%   Y = VL_NNPOOL(X, POOL) takes the maximum of each channel of X over
%   windows of size POOL, P or [PH PW].
%
%     X   H x W x C x N    single or double
%     Y   YH x YW x C x N  class of X
%
%   Options, names in any case:
%
%   `Stride` [1]::      S or [SY SX]
%   `Pad` [0]::         P or [TOP BOTTOM LEFT RIGHT], each less than the window
%   `Method` ['max']::  'max', or 'avg' for the mean
%
%   Padding takes no part: a maximum looks at the pixels inside the image
%   only, and a mean divides by their number. The size of the output is
%
%     YH = floor((H + TOP + BOTTOM - PH) / SY) + 1
%     YW = floor((W + LEFT + RIGHT - PW) / SX) + 1
%
%   Options for MatConvNet's GPU code are ignored. Derivatives are refused.

defaults = struct('pad', 0, 'stride', 1, 'method', 'max');
geometry = parse_geometry('vl_nnpool', defaults, varargin);
check_data('vl_nnpool', x);
pool = whole_numbers('vl_nnpool', 'pool', pool, 2, 1);
pad = geometry.pad;
padded = [size(x, 1) + pad(1) + pad(2), size(x, 2) + pad(3) + pad(4)];
if any(pad >= pool([1 1 2 2])) || any(padded < pool)
  error('vl_nnpool:size', ['vl_nnpool: a window of [%s] needs padding ' ...
    'smaller than itself and a padded image at least as large; the ' ...
    'padding is [%s], the padded image [%s].'], ...
    num2str(pool), num2str(pad), num2str(padded));
end

switch lower(geometry.method)
  case 'max'
    y = reduce_windows(pad_image(x, pad, -Inf), pool, geometry.stride, @max);
  case 'avg'
    inside = pad_image(ones(size(x, 1), size(x, 2), class(x)), pad, 0);
    y = reduce_windows(pad_image(x, pad, 0), pool, geometry.stride, @plus) ./ ...
      reduce_windows(inside, pool, geometry.stride, @plus);
  otherwise
    error('vl_nnpool:method', ['vl_nnpool: the method is ''max'' or ' ...
      '''avg'', not ''%s''.'], geometry.method);
end
end
