function y = reduce_windows(x, window, stride, operation)
%REDUCE_WINDOWS Maximum or sum over sliding windows.
%   Y = REDUCE_WINDOWS(X, [PH PW], [SY SX], OPERATION). OPERATION is a function of
%   two arrays, such as @max or @plus. X is H x W x C x N and already padded.
%   Reducing columns first and then rows takes PH + PW steps instead of PH * PW,
%   and reads the larger array by whole columns.

rows = floor((size(x, 1) - window(1)) / stride(1)) + 1;
columns = floor((size(x, 2) - window(2)) / stride(2)) + 1;

across = 1:stride(2):1 + (columns - 1) * stride(2);
y = x(:, across, :, :);
for j = 1:window(2) - 1
  y = operation(y, x(:, across + j, :, :));
end
x = y;
down = 1:stride(1):1 + (rows - 1) * stride(1);
y = x(down, :, :, :);
for i = 1:window(1) - 1
  y = operation(y, x(down + i, :, :, :));
end
end
