function y = vl_nnrelu(x, varargin)
%VL_NNRELU Rectified linear unit.
%   Y = VL_NNRELU(X) is max(X, 0), element by element. X may have any size.
%
%   Options (names are not case-sensitive):
%
%   `Leak` [0]::  slope for negative elements, at least 0: Y = X * LEAK where X < 0
%
%   Asking for derivatives is an error; an empty one, VL_NNRELU(X, []), is
%   ignored.

if ~is_real_float(x)
  error('vl_nnrelu:data', ['vl_nnrelu: the data must be real and of class ' ...
    'single or double, not %s.'], describe_value(x));
end
opts = parse_options('vl_nnrelu', struct('leak', 0), ...
  check_forward('vl_nnrelu', varargin), {});
leak = opts.leak;
if ~is_real_float(leak) || ~isscalar(leak) || ~isfinite(leak) || leak < 0
  error('vl_nnrelu:leak', ['vl_nnrelu: ''leak'' must be a number of at least ' ...
    '0, not %s.'], describe_value(leak));
end

y = max(x, 0);
if leak ~= 0
  y = x;
  negative = x < 0;
  y(negative) = cast(leak, class(x)) * x(negative);
end
end
