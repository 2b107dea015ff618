function y = convolve_by_rows(x, f, b, plan)
%CONVOLVE_BY_ROWS Convolution of one image, filter row by filter row.
%   Y = CONVOLVE_BY_ROWS(X, F, B, PLAN) takes X as H x W x C, F as
%   FW * C x K x FH with the last filter row first, and B as 1 x K or empty. The
%   vertical stride must be 1 and the output no higher than X.
%
%   One product of the image, as patches of 1 x FW x C numbers, with the filters
%   gives Q_i, the contribution of each filter row i for each image row, and
%
%     Y(h, w, k) = sum_i Q_i(h + D_i, w, k),    D_i = DY * (i - 1) - TOP
%
%   In memory, shifting an array by D_i rows is reading it at an offset of D_i
%   elements. So nothing is gathered FH times, and no product is copied. Rows of
%   Q_i that would come from a neighbouring column are set to zero, which takes
%   the place of the vertical padding.

[h, w, ~] = size(x);
[~, k, fh] = size(f);
f = reshape(f, [], k * fh);
shift = (fh - 1:-1:0) * plan.dilate(1) - plan.pad(1);
width = block_width(h, plan);
blocks = cell(1, ceil(plan.out(2) / width));
for block = 1:numel(blocks)
  columns = (block - 1) * width + 1:min(plan.out(2), block * width);
  across = columns_under(columns, plan);
  outside = across < 1 | across > w;
  across(outside) = 1;
  patches = x(:, across, :);
  if any(outside)
    patches(:, outside, :) = 0;
  end
  % Changed in place: passing it to another function would copy it.
  products = reshape(patches, h * numel(columns), []) * f;
  products = reshape(products, h, []);
  places = numel(columns) * k;
  for i = find(shift)
    filter_row = (i - 1) * places + (1:places);
    products(rows_that_wrap(h, shift(i)), filter_row) = 0;
  end
  total = reshape(add_shifted(products, h * places, shift), h, [], k);
  blocks{block} = finish_block(total(1:plan.out(1), :, :), b, plan);
end
y = [blocks{:}];
end
