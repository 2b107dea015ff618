function np_write_npy(file, x, shape)
%NP_WRITE_NPY Write an array as float32 .npy, version 1.0, in C order.
%   NP_WRITE_NPY(FILE, X, SHAPE) writes X with the dimensions SHAPE (default
%   SIZE(X)). SHAPE can express what SIZE cannot: a single dimension, and
%   trailing ones. An empty SHAPE means a single number.

if nargin < 3
  shape = size(x);
end
if numel(x) ~= prod(shape)
  error('netparity:npy', '%s: %d elements do not fit the shape [%s].', ...
    file, numel(x), num2str(shape));
end
padded = [shape ones(1, 2 - numel(shape))];
x = permute(reshape(single(x), padded), numel(padded):-1:1);

% Python writes a one-element tuple with a comma: (7,).
dims = strjoin(arrayfun(@(n) sprintf('%d', n), shape, 'UniformOutput', false), ', ');
if numel(shape) == 1
  dims = [dims ','];
end
header = sprintf('{''descr'': ''<f4'', ''fortran_order'': False, ''shape'': (%s), }', ...
  dims);
% The data start at a multiple of 64, so that the file can be memory-mapped.
blanks = mod(-(10 + numel(header) + 1), 64);
header = [header repmat(' ', 1, blanks) sprintf('\n')];
count = typecast(uint16(numel(header)), 'uint8');

np_write_bytes(file, [uint8([147 double('NUMPY') 1 0]) count uint8(header) ...
  reshape(typecast(x(:), 'uint8'), 1, [])]);
end
