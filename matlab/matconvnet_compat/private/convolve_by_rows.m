function y = convolve_by_rows(x, f, b, plan)
%CONVOLVE_BY_ROWS Convolution of one image, filter row by filter row.
%   Y = CONVOLVE_BY_ROWS(X, F, B, PLAN) takes X as H x W x C, F as
%   FW * C x K x FH with the last filter row first, and B as 1 x K or empty. The
%   vertical stride must be 1 and the output no higher than X.
%
%   One product of the image, as patches one pixel high of FW x C numbers, with
%   the filters yields what each filter row i makes of each image row, and
%
%     Y(h, w, k) = sum_i Q_i(h + D_i, w, k),    D_i = DY * (i - 1) - TOP
%
%   In memory, an array moved by D_i rows is the same array read from D_i
%   elements further on. So nothing is gathered FH times, and no product is
%   copied. The rows of Q_i that would enter from a neighbouring column are set
%   to zero; this is all that is left of the vertical padding.

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
  % Changed in place, which is why no other function may have a hold on it.
  products = reshape(patches, h * numel(columns), []) * f;
  products = reshape(products, h, []);
  places = numel(columns) * k;
  for i = find(shift)
    mine = (i - 1) * places + (1:places);
    products(rows_that_wrap(h, shift(i)), mine) = 0;
  end
  total = reshape(add_shifted(products, h * places, shift), h, [], k);
  blocks{block} = finish_block(total(1:plan.out(1), :, :), b, plan);
end
y = [blocks{:}];
end
