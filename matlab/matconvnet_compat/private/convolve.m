function y = convolve(x, f, b, plan)
%CONVOLVE Convolution of images with a filter bank, and merged layers.
%   Y = CONVOLVE(X, F, B, PLAN) computes what VL_NNCONV documents, from checked
%   arguments; PLAN comes from PLAN_CONVOLUTION. If PLAN_MERGED has merged layers
%   into PLAN, Y is the output of the last of them.

[fh, fw, fc, k] = size(f);
[h, w, ~, n] = size(x);
b = reshape(b, 1, []);
if plan.groups == 1 && isequal([h w] + plan.pad([1 3]) + plan.pad([2 4]), [fh fw])
  % Fully connected: every image is one patch, already in filter order.
  y = reshape(pad_image(x, plan.pad, 0), [], n)' * reshape(f, [], k);
  y = finish_block(reshape(y, n, 1, k), b, plan);
  y = permute(y, [4 2 3 1]);
  return
end

if fc == 1 && plan.groups > 1
  y = cell(1, n);
  for image = 1:n
    y{image} = convolve_by_channels(x(:, :, :, image), f, b, plan);
  end
  y = cat(4, y{:});
  return
end

if by_rows(h, f, plan)
  convolve_image = @convolve_by_rows;
  f = split_rows(f);
else
  convolve_image = @convolve_by_patches;
  f = reshape(f, fh * fw * fc, k);
end
plan.taps = [fh fw];
if plan.groups == 1 && n == 1
  % The usual case: avoids the copies that the slices below make.
  y = convolve_image(x, f, b, plan);
  return
end
out = floor(plan.out ./ plan.pool);
y = zeros(out(1), out(2), k, n, class(x));
for g = 1:plan.groups
  channels = (g - 1) * fc + (1:fc);
  filters = (g - 1) * (k / plan.groups) + (1:k / plan.groups);
  biases = b(filters(1:min(end, numel(b))));
  for image = 1:n
    y(:, :, filters, image) = convolve_image(x(:, :, channels, image), ...
      f(:, filters, :), biases, plan);
  end
end
end
