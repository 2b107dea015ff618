function np_check_tiff(file)
%NP_CHECK_TIFF Reject a TIFF unless its values are integers of up to 16 bits.
%   NP_CHECK_TIFF(FILE) does nothing for files of other formats. Octave's
%   imread silently converts other values to 16 bits, and its imfinfo does not
%   report their type. So the tags are read here: TIFF revision 6.0, sections
%   2 (BitsPerSample) and 19 (SampleFormat).

fid = fopen(file, 'r');
if fid < 0
  error('netparity:image', 'image %s cannot be opened; check its permissions', file);
end
closing = onCleanup(@() fclose(fid));
start = fread(fid, 4, 'uint8')';
if isequal(start, [73 73 42 0])
  order = 'ieee-le';
elseif isequal(start, [77 77 0 42])
  order = 'ieee-be';
else
  return
end

offset = fread(fid, 1, 'uint32', 0, order);
if isempty(offset) || fseek(fid, offset, 'bof') ~= 0
  return  % a damaged file: imread reports it
end
count = fread(fid, 1, 'uint16', 0, order);
for k = 1:min([count 4096])
  fseek(fid, offset + 2 + 12 * (k - 1), 'bof');
  tag = fread(fid, 1, 'uint16', 0, order);
  if isequal(tag, 258) && any(np_tiff_shorts(fid, order) > 16)
    np_refuse_range(file);
  elseif isequal(tag, 339) && any(np_tiff_shorts(fid, order) ~= 1)
    np_refuse_range(file);
  end
end
end
