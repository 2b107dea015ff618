function y = vl_nnsigmoid(x, varargin)
%VL_NNSIGMOID Sigmoid.
%   Y = VL_NNSIGMOID(X) is 1 ./ (1 + exp(-X)), element by element. X may have any
%   size. Asking for derivatives is an error.

if ~is_real_float(x)
  error('vl_nnsigmoid:data', ['vl_nnsigmoid: the data must be real and of class ' ...
    'single or double, not %s.'], describe_value(x));
end
no_options('vl_nnsigmoid', varargin);
y = 1 ./ (1 + exp(-x));
end
