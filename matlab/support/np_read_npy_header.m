function [type, column_major, shape] = np_read_npy_header(fid, file)
%NP_READ_NPY_HEADER Read the header of an open .npy file.
%   [TYPE, COLUMN_MAJOR, SHAPE] = NP_READ_NPY_HEADER(FID, FILE) leaves FID at the
%   first element. TYPE is the class name, SHAPE a 1 x D row ([] for a single
%   number). FILE is for error messages. The header is a Python dictionary; its
%   three entries are matched by pattern, and nothing is evaluated.

magic = fread(fid, 6, '*uint8')';
version = fread(fid, 2, '*uint8')';
if ~isequal(magic, uint8([147 double('NUMPY')])) || numel(version) < 2
  error('netparity:npy', '%s is not a .npy file.', file);
end
if version(1) == 1
  count = fread(fid, 1, 'uint16');
else
  count = fread(fid, 1, 'uint32');
end
header = char(fread(fid, count, '*uint8')');

descr = regexp(header, '''descr'': ''([^'']*)''', 'tokens', 'once');
order = regexp(header, '''fortran_order'': (True|False)', 'tokens', 'once');
shape = regexp(header, '''shape'': \(([^)]*)\)', 'tokens', 'once');
if isempty(descr) || isempty(order) || isempty(shape)
  error('netparity:npy', 'The header of %s cannot be read: %s', file, header);
end

known = {'<f4', 'single'; '<f8', 'double'; '|u1', 'uint8'; ...
  '|i1', 'int8'; '<i2', 'int16'; '<i4', 'int32'; '<i8', 'int64'; ...
  '<u2', 'uint16'; '<u4', 'uint32'; '<u8', 'uint64'};
row = find(strcmp(descr{1}, known(:, 1)));
if isempty(row)
  error('netparity:npy', ['%s holds elements of type %s; save it as ' ...
    'float32, as in numpy.save(f, x.astype(''<f4'')).'], file, descr{1});
end
type = known{row, 2};
column_major = strcmp(order{1}, 'True');
shape = reshape(sscanf(strrep(shape{1}, ',', ' '), '%f'), 1, []);
end
