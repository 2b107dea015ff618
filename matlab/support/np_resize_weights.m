function weights = np_resize_weights(from, to, method, antialias)
%NP_RESIZE_WEIGHTS The matrix that resizes one dimension of an image.
%   W = NP_RESIZE_WEIGHTS(FROM, TO, METHOD, ANTIALIAS) is TO x FROM double;
%   W * x resizes the column x. Output pixel i lies at
%
%     u = (i - 0.5) * FROM / TO + 0.5
%
%   and input pixel j has the weight k(u - j); the weights of each output pixel
%   are scaled to sum to one. When shrinking with ANTIALIAS, k is widened by
%   FROM / TO. Pixels beyond the border mirror those inside, including the border
%   pixel: 2 1 | 1 2 3 | 3 2.
%
%   METHOD `bicubic` is the kernel with a = -0.5 of R. Keys, Cubic
%   convolution interpolation for digital image processing, IEEE
%   Transactions on ASSP 29(6), 1981; `bilinear` is the triangle and
%   `nearest` the box.

switch method
  case 'bicubic'
    half = 2;
    kernel = @(t) (abs(t) <= 1) .* (1.5 * abs(t).^3 - 2.5 * abs(t).^2 + 1) + ...
      (abs(t) > 1 & abs(t) <= 2) .* ...
      (-0.5 * abs(t).^3 + 2.5 * abs(t).^2 - 4 * abs(t) + 2);
  case 'bilinear'
    half = 1;
    kernel = @(t) max(0, 1 - abs(t));
  case 'nearest'
    half = 0.5;
    kernel = @(t) double(t >= -0.5 & t < 0.5);
  otherwise
    error('netparity:resize', ['The method must be ''bicubic'', ' ...
      '''bilinear'' or ''nearest'', not ''%s''.'], method);
end

stretch = 1;
if antialias
  stretch = max(1, from / to);
end
centre = ((1:to)' - 0.5) * (from / to) + 0.5;
reach = ceil(half * stretch) + 1;
pixel = repmat(floor(centre), 1, 2 * reach + 1) + repmat(-reach:reach, to, 1);
value = kernel((repmat(centre, 1, 2 * reach + 1) - pixel) / stretch);
value = value ./ repmat(sum(value, 2), 1, 2 * reach + 1);

mirrored = mod(pixel - 1, 2 * from);
mirrored = min(mirrored, 2 * from - 1 - mirrored) + 1;
row = repmat((1:to)', 1, 2 * reach + 1);
weights = accumarray([row(:) mirrored(:)], value(:), [to from]);
end
