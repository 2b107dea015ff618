function y = convolve_image(x, f, b, out, geometry)
%CONVOLVE_IMAGE Convolution of one padded image as matrix products.
%   Y = CONVOLVE_IMAGE(X, F, B, [YH YW], GEOMETRY) takes X as H x W x C, F as
%   FH x FW x C x K and B as 1 x K, and returns YH x YW x K.
%
%   The patches under the filter become the rows of a matrix, that is
%   multiplied by the filters. They are gathered for a few output columns
%   at a time: about 4 MB, so that they are still in the cache when the
%   product reads them.

[fh, fw, c, k] = size(f);
f = reshape(f, fh * fw * c, k);
stride = geometry.stride;
dilate = geometry.dilate;
element_bytes = 4 * (1 + isa(x, 'double'));
columns = floor(4e6 / (element_bytes * out(1) * fh * fw * c));
columns = max(1, min(out(2), columns));

y = zeros(out(1) * out(2), k, class(x));
for first = 1:columns:out(2)
  last = min(out(2), first + columns - 1);
  rows = out(1) * (last - first + 1);
  patches = zeros(rows, fh * fw, c, class(x));
  for j = 1:fw
    across = (j - 1) * dilate(2) + 1 + ((first:last) - 1) * stride(2);
    for i = 1:fh
      top = (i - 1) * dilate(1) + 1;
      down = top:stride(1):top + (out(1) - 1) * stride(1);
      patches(:, i + (j - 1) * fh, :) = reshape(x(down, across, :), rows, 1, c);
    end
  end
  y((first - 1) * out(1) + (1:rows), :) = ...
    reshape(patches, rows, fh * fw * c) * f + b;
end
y = reshape(y, out(1), out(2), k);
end
