function padded = pad_image(x, pad, value)
%PAD_IMAGE Pad an image with a constant.
%   P = PAD_IMAGE(X, [TOP BOTTOM LEFT RIGHT], VALUE); X is H x W x C x N.

if ~any(pad)
  padded = x;
  return
end
[h, w, c, n] = size(x);
padded = zeros(h + pad(1) + pad(2), w + pad(3) + pad(4), c, n, class(x));
if value ~= 0
  padded(:) = value;
end
padded(pad(1) + (1:h), pad(3) + (1:w), :, :) = x;
end
