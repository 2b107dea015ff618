function [x, shape] = np_read_npy(file)
%NP_READ_NPY Read a NumPy .npy file.
%   X = NP_READ_NPY(FILE) returns the array with its dimensions in the order of
%   the file's shape, whether it is stored in C or Fortran order, and in the
%   file's class.
%
%   [X, SHAPE] = NP_READ_NPY(FILE) also returns the shape as written: SIZE(X)
%   differs from it for one dimension and for trailing ones.
%
%   It reads little-endian float32, float64, int8 to int64 and uint8 to uint64,
%   in format versions 1 to 3:
%   https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

[fid, reason] = fopen(file, 'r', 'ieee-le');
if fid < 0
  error('netparity:npy', 'Cannot open %s: %s', file, reason);
end
closer = onCleanup(@() fclose(fid));
[type, column_major, shape] = np_read_npy_header(fid, file);
count = prod(shape);
x = fread(fid, count, ['*' type]);
if numel(x) ~= count
  error('netparity:npy', ['%s ends after %d of its %d elements. ' ...
    'Write it again.'], file, numel(x), count);
end

padded = [shape ones(1, 2 - numel(shape))];
if column_major
  x = reshape(x, padded);
else
  x = permute(reshape(x, fliplr(padded)), numel(padded):-1:1);
end
end
