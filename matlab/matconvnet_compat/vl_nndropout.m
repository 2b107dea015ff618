function [y, mask] = vl_nndropout(x, varargin)
%VL_NNDROPOUT Dropout, as in training.
%   [Y, MASK] = VL_NNDROPOUT(X) sets elements of X to zero at random and
%   scales the others by 1 / (1 - RATE): Y = MASK .* X. This is for training;
%   VL_SIMPLENN in test mode leaves the data as they are.
%
%   Options, names in any case:
%
%   `Rate` [0.5]::  probability of zero, in [0, 1)
%   `Mask` []::     use this mask in place of a random one
%
%   Derivatives are refused.

check_data('vl_nndropout', x);
check_forward('vl_nndropout', varargin);
opts = vl_argparse(struct('rate', 0.5, 'mask', []), varargin);
if ~isscalar(opts.rate) || opts.rate < 0 || opts.rate >= 1
  error('vl_nndropout:rate', ['vl_nndropout: the rate must be at least 0 ' ...
    'and less than 1, not %s.'], mat2str(opts.rate));
end

mask = opts.mask;
if isempty(mask)
  kept = rand(size(x)) >= opts.rate;
  mask = cast(kept, class(x)) / cast(1 - opts.rate, class(x));
end
y = mask .* x;
end
