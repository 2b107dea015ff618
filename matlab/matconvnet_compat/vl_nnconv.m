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
%   If FC = C / G, the filters form G groups in order, each of which is applied
%   to its own FC channels; K must be a multiple of G. With an empty F the
%   channels are not combined (K = C): only padding, stride and biases apply.
%
%   Options (names are not case-sensitive):
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
%   Options for MatConvNet's GPU code are ignored. Asking for derivatives is an
%   error.

plan = plan_convolution(x, f, b, varargin);
if isempty(f)
  y = subsample_image(pad_image(x, plan.pad, 0), plan.stride);
  if ~isempty(b)
    y = y + reshape(b, 1, 1, []);
  end
else
  y = convolve(x, f, b, plan);
end
end
