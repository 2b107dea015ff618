function rows = rows_that_wrap(h, shift)
%ROWS_THAT_WRAP Rows which a shift would carry into the next column.
%   ROWS = ROWS_THAT_WRAP(H, SHIFT): of columns of H rows that are read SHIFT
%   rows further on, the first SHIFT rows, or the last -SHIFT, belong to no row
%   of the same column.

if shift > 0
  rows = 1:min(h, shift);
else
  rows = max(1, h + shift + 1):h;
end
end
