function y = vl_nnpool(x, pool, varargin)
%VL_NNPOOL Maximum or mean over sliding windows.
%   Y = VL_NNPOOL(X, POOL) takes the maximum of each channel of X over
%   windows of size POOL, P or [PH PW].
%
%     X   H x W x C x N    single or double
%     Y   YH x YW x C x N  class of X
%
%   Options (names are not case-sensitive):
%
%   `Stride` [1]::      S or [SY SX]
%   `Pad` [0]::         P or [TOP BOTTOM LEFT RIGHT], each less than the window
%   `Method` ['max']::  'max', or 'avg' for the mean
%
%   Padding does not count: the maximum and the mean are those of the pixels
%   inside the image. The size of the output is
%
%     YH = floor((H + TOP + BOTTOM - PH) / SY) + 1
%     YW = floor((W + LEFT + RIGHT - PW) / SX) + 1
%
%   Options for MatConvNet's GPU code are ignored. Asking for derivatives is an
%   error.

check_data('vl_nnpool', x);
plan = plan_pooling([size(x, 1) size(x, 2)], pool, varargin);
if strcmp(plan.method, 'max')
  y = reduce_windows(pad_image(x, plan.pad, -Inf), plan.window, plan.stride, @max);
else
  inside = pad_image(ones(size(x, 1), size(x, 2), class(x)), plan.pad, 0);
  y = reduce_windows(pad_image(x, plan.pad, 0), plan.window, plan.stride, @plus) ./ ...
    reduce_windows(inside, plan.window, plan.stride, @plus);
end
end
