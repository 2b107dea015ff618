function [x, shape] = np_read_npy(file)
%NP_READ_NPY Read a NumPy .npy file.
%   X = NP_READ_NPY(FILE) returns an array whose first dimension is the
%   first of the file, whichever order its elements have there, in the
%   file's own class.
%
%   [X, SHAPE] = NP_READ_NPY(FILE) also returns the shape as written, which
%   SIZE(X) cannot tell if it has one dimension or ends in ones.
%
%   Little-endian float32 and float64, int8 to int64, uint8 to uint64 are
%   read, in format versions 1 to 3:
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
  error('netparity:npy', ['%s ends after %d of its %d elements: it was ' ...
    'not written to the end. Write it again.'], file, numel(x), count);
end

padded = [shape ones(1, 2 - numel(shape))];
if column_major
  x = reshape(x, padded);
else
  x = permute(reshape(x, fliplr(padded)), numel(padded):-1:1);
end
end
