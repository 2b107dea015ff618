function [y, mask] = vl_nndropout(x, varargin)
%VL_NNDROPOUT Dropout, as in training.
%   [Y, MASK] = VL_NNDROPOUT(X) sets random elements of X to zero and scales the
%   others by 1 / (1 - RATE): Y = MASK .* X. It is meant for training;
%   VL_SIMPLENN skips it in test mode.
%
%   Options (names are not case-sensitive):
%
%   `Rate` [0.5]::  probability of zero, in [0, 1)
%   `Mask` []::     use this mask instead of a random one
%
%   Asking for derivatives is an error.

check_data('vl_nndropout', x);
opts = parse_options('vl_nndropout', struct('rate', 0.5, 'mask', []), ...
  check_forward('vl_nndropout', varargin), {});
rate = opts.rate;
if ~is_real_float(rate) || ~isscalar(rate) || ~(rate >= 0 && rate < 1)
  error('vl_nndropout:rate', ['vl_nndropout: ''rate'' must be at least 0 ' ...
    'and less than 1, not %s.'], describe_value(rate));
end
mask = opts.mask;
if isempty(mask)
  kept = rand(size(x)) >= rate;
  mask = cast(kept, class(x)) / cast(1 - rate, class(x));
elseif ~is_real_float(mask) || ~isa(mask, class(x)) || ~isequal(size(mask), size(x))
  error('vl_nndropout:mask', ['vl_nndropout: ''mask'' must have the class and ' ...
    'size of the data, %s of size [%s], not %s of size [%s].'], ...
    class(x), num2str(size(x)), class(mask), num2str(size(mask)));
end
y = mask .* x;
end
