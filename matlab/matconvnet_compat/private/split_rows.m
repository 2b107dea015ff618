function rows = split_rows(f)
%SPLIT_ROWS The rows of filters, last row first.
%   ROWS = SPLIT_ROWS(F) takes F as FH x FW x C x K and returns FW * C x K x FH.

[fh, fw, c, k] = size(f);
f = reshape(f, fh, []);
rows = cell(1, fh);
for i = 1:fh
  rows{i} = reshape(f(fh + 1 - i, :), fw * c, k);
end
rows = cat(3, rows{:});
end
