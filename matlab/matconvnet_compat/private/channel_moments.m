function moments = channel_moments(x, epsilon)
%CHANNEL_MOMENTS Mean and standard deviation of each channel.
%   M = CHANNEL_MOMENTS(X, EPSILON) is C x 2 for X of H x W x C x N; EPSILON is
%   added to the variance.

values = reshape(permute(x, [1 2 4 3]), [], size(x, 3));
centre = mean(values, 1);
variance = mean((values - centre).^2, 1);
moments = [centre; sqrt(variance + cast(epsilon, class(x)))]';
end
