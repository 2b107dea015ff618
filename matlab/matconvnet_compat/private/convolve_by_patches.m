function y = convolve_by_patches(x, f, b, plan)
%CONVOLVE_BY_PATCHES Convolution of one image, patch by patch.
%   Y = CONVOLVE_BY_PATCHES(X, F, B, PLAN) takes X as H x W x C, F as
%   FH * FW * C x K and B as 1 x K or empty.
%
%   The patches under the filter become the rows of a matrix, which is multiplied
%   by the filters. This is done for a few output columns at a time, so that the
%   matrix is still in the cache when the product reads it.

k = size(f, 2);
x = pad_image(x, plan.pad, 0);
plan.pad = [0 0 0 0];
width = block_width(plan.out(1), plan);
blocks = cell(1, ceil(plan.out(2) / width));
rows = cell(1, plan.taps(1));
for block = 1:numel(blocks)
  columns = (block - 1) * width + 1:min(plan.out(2), block * width);
  across = columns_under(columns, plan);
  positions = plan.out(1) * numel(columns);
  for i = 1:plan.taps(1)
    top = (i - 1) * plan.dilate(1) + 1;
    down = top:plan.stride(1):top + (plan.out(1) - 1) * plan.stride(1);
    rows{i} = reshape(x(down, across, :), positions, 1, []);
  end
  patches = reshape([rows{:}], positions, size(f, 1));
  products = reshape(patches * f, plan.out(1), numel(columns), k);
  blocks{block} = finish_block(products, b, plan);
end
y = [blocks{:}];
end
