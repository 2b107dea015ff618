function y = convolve_by_channels(x, f, b, plan)
%CONVOLVE_BY_CHANNELS Convolution of one image whose channels are not combined.
%   Y = CONVOLVE_BY_CHANNELS(X, F, B, PLAN) takes X as H x W x C, F as
%   FH x FW x 1 x K, in C groups, and B as 1 x K or empty.
%
%   A product of matrices for each channel would be tiny. So for each filter tap
%   all channels are scaled and added at once.

k = size(f, 4);
x = pad_image(x, plan.pad, 0);
if k > size(x, 3)
  x = x(:, :, ceil((1:k) * size(x, 3) / k));
end
y = zeros([plan.out k], class(x));
for i = 1:size(f, 1)
  top = (i - 1) * plan.dilate(1) + 1;
  down = top:plan.stride(1):top + (plan.out(1) - 1) * plan.stride(1);
  for j = 1:size(f, 2)
    left = (j - 1) * plan.dilate(2) + 1;
    across = left:plan.stride(2):left + (plan.out(2) - 1) * plan.stride(2);
    y = y + x(down, across, :) .* reshape(f(i, j, 1, :), 1, 1, k);
  end
end
y = finish_block(y, b, plan);
end
