function y = vl_nnnormalize(x, param, varargin)
%VL_NNNORMALIZE Response normalization across neighbouring channels.
%   Y = VL_NNNORMALIZE(X, [N KAPPA ALPHA BETA]) is
%
%     Y(h, w, c, n) = X(h, w, c, n) / (KAPPA + ALPHA * S(h, w, c, n))^BETA
%
%   with S the sum of X(h, w, d, n)^2 over the channels d from
%   c - floor((N - 1) / 2) to c + ceil((N - 1) / 2) that exist. X and Y are
%   H x W x C x N. N is an integer of at least 1. KAPPA and ALPHA are at least 0,
%   so that the power is real. Asking for derivatives is an error.

check_data('vl_nnnormalize', x);
no_options('vl_nnnormalize', varargin);
if ~is_real_float(param) || numel(param) ~= 4 || ~all(isfinite(param(:))) || ...
    param(1) < 1 || param(1) ~= round(param(1)) || any(param(2:3) < 0)
  error('vl_nnnormalize:param', ['vl_nnnormalize: the parameters must be ' ...
    '[N KAPPA ALPHA BETA], with an integer N of at least 1 and KAPPA and ALPHA ' ...
    'of at least 0, not %s.'], describe_value(param));
end
param = cast(param, class(x));

channels = size(x, 3);
squared = x.^2;
total = zeros(size(x), class(x));
for shift = -floor((param(1) - 1) / 2):ceil((param(1) - 1) / 2)
  to = max(1, 1 - shift):min(channels, channels - shift);
  total(:, :, to, :) = total(:, :, to, :) + squared(:, :, to + shift, :);
end
y = x ./ (param(2) + param(3) * total).^param(4);
end
