function y = vl_nnrelu(x, varargin)
%VL_NNRELU Rectifier.
%   Y = VL_NNRELU(X) is max(X, 0), element by element.
%
%   Options, names in any case:
%
%   `Leak` [0]::  slope for negative elements: Y = X * LEAK where X < 0
%
%   Derivatives are refused; an empty one, VL_NNRELU(X, []), is taken as none.

check_data('vl_nnrelu', x);
check_forward('vl_nnrelu', varargin);
if ~isempty(varargin) && ~ischar(varargin{1})
  varargin(1) = [];
end
opts = vl_argparse(struct('leak', 0, 'cudnn', [], 'nocudnn', []), varargin);

y = max(x, 0);
if opts.leak ~= 0
  y = y + cast(opts.leak, class(x)) * min(x, 0);
end
end
