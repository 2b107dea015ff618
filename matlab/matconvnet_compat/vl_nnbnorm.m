function [y, moments] = vl_nnbnorm(x, g, b, varargin)
%VL_NNBNORM Batch normalization.
%   Y = VL_NNBNORM(X, G, B, 'moments', M) normalizes each channel of X:
%
%     Y(h, w, c, n) = G(c) * (X(h, w, c, n) - M(c, 1)) / M(c, 2) + B(c)
%
%     X   H x W x C x N   single or double
%     G   C elements      multipliers, class of X
%     B   C elements      biases, class of X
%     M   C x 2           mean and standard deviation, class of X
%
%   [Y, M] = VL_NNBNORM(X, G, B) takes the moments from X: the mean over h, w and
%   n, and the root of the variance plus EPSILON. So moments of a trained network
%   contain its epsilon.
%
%   Options (names are not case-sensitive):
%
%   `Moments` []::      use these moments
%   `Epsilon` [1e-4]::  added to the variance of X
%
%   Options for MatConvNet's GPU code are ignored. Asking for derivatives is an
%   error.

check_data('vl_nnbnorm', x);
opts = parse_options('vl_nnbnorm', struct('epsilon', 1e-4, 'moments', []), ...
  check_forward('vl_nnbnorm', varargin), {'cudnn', 'nocudnn'});
if ~is_real_float(opts.epsilon) || ~isscalar(opts.epsilon) || ~(opts.epsilon >= 0)
  error('vl_nnbnorm:epsilon', 'vl_nnbnorm: ''epsilon'' must be at least 0, not %s.', ...
    describe_value(opts.epsilon));
end
moments = opts.moments;
if isempty(moments)
  moments = channel_moments(x, opts.epsilon);
end
count = size(x, 3);
g = check_channels('vl_nnbnorm', 'multipliers', x, g, count);
b = check_channels('vl_nnbnorm', 'biases', x, b, count);
check_channels('vl_nnbnorm', 'moments', x, moments, 2 * count);

moments = reshape(moments, count, 2);
centre = reshape(moments(:, 1), 1, 1, []);
factor = reshape(g(:) ./ moments(:, 2), 1, 1, []);
y = (x - centre) .* factor + reshape(b, 1, 1, []);
end
