function y = subsample_image(x, stride)
%SUBSAMPLE_IMAGE Every SY-th row and SX-th column, starting with the first.
%   Y = SUBSAMPLE_IMAGE(X, [SY SX]); X is H x W x C x N.

y = x(1:stride(1):end, 1:stride(2):end, :, :);
end
