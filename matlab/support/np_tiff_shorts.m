function values = np_tiff_shorts(fid, order)
%NP_TIFF_SHORTS The 16-bit values of a TIFF field.
%   V = NP_TIFF_SHORTS(FID, ORDER) expects FID just after the field's tag. What
%   follows is the type, the count and either the values, if they fit into four
%   bytes, or their offset. At most 16 values are read.

fread(fid, 1, 'uint16', 0, order);
count = fread(fid, 1, 'uint32', 0, order);
if count > 2
  fseek(fid, fread(fid, 1, 'uint32', 0, order), 'bof');
end
values = fread(fid, min([count 16]), 'uint16', 0, order);
end
