function rows = rows_that_wrap(h, shift)
%ROWS_THAT_WRAP The rows that a shift moves into another column.
%   ROWS = ROWS_THAT_WRAP(H, SHIFT). When columns of H rows are read at an offset
%   of SHIFT, the first SHIFT rows, or the last -SHIFT, end up in another column.

if shift > 0
  rows = 1:min(h, shift);
else
  rows = max(1, h + shift + 1):h;
end
end
