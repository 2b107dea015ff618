function y = vl_nnconvt(x, f, b, varargin)
%VL_NNCONVT Transposed convolution of images with a filter bank.
%   Y = VL_NNCONVT(X, F, B) adds, for each element of X, its filter scaled by it,
%   and then the biases B. Filters are not flipped.
%
%     X   H x W x C x N     single or double
%     F   FH x FW x K x C   class of X
%     B   K * G elements    class of X; [] for none
%     Y   YH x YW x (K * G) x N
%
%   With G groups, the channels of X form G groups in order, each of which makes
%   its own K channels of Y; C must be a multiple of G.
%
%   Options (names are not case-sensitive):
%
%   `Upsample` [1]::   U or [UY UX], the step in Y between neighbours in X
%   `Crop` [0]::       P or [TOP BOTTOM LEFT RIGHT], taken from Y
%   `NumGroups` [1]::  G
%
%   The size of the output is
%
%     YH = UY * (H - 1) + FH - TOP - BOTTOM
%     YW = UX * (W - 1) + FW - LEFT - RIGHT
%
%   Options for MatConvNet's GPU code are ignored. Asking for derivatives is an
%   error.

plan = plan_transposed(x, f, b, varargin);
[h, w, c, n] = size(x);
[fh, fw, k, ~] = size(f);
rows = (0:h - 1) * plan.upsample(1);
columns = (0:w - 1) * plan.upsample(2);
full = [rows(end) + fh, columns(end) + fw];
y = zeros([full, k * plan.groups, n], class(x));
shared = c / plan.groups;
for g = 1:plan.groups
  channels = (g - 1) * shared + (1:shared);
  outputs = (g - 1) * k + (1:k);
  filters = reshape(f(:, :, :, channels), [], shared)';
  for image = 1:n
    products = reshape(x(:, :, channels, image), h * w, shared) * filters;
    products = reshape(products, h, w, fh, fw, k);
    part = zeros([full k], class(x));
    for j = 1:fw
      for i = 1:fh
        part(rows + i, columns + j, :) = part(rows + i, columns + j, :) + ...
          reshape(products(:, :, i, j, :), h, w, k);
      end
    end
    y(:, :, outputs, image) = part;
  end
end

y = y(plan.crop(1) + 1:full(1) - plan.crop(2), plan.crop(3) + 1:full(2) - plan.crop(4), :, :);
if ~isempty(b)
  y = y + reshape(b, 1, 1, []);
end
end
