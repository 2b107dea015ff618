function np_write_bytes(file, bytes)
%NP_WRITE_BYTES Write a file and make sure that all of it is there.
%   NP_WRITE_BYTES(FILE, BYTES) writes the uint8 array BYTES.
%
%   On a full disk Octave's fwrite counts what only reached its buffer, and
%   its fclose still returns 0. Hence the look at the size afterwards; not with
%   DIR, which would take brackets in the path for a pattern.

[fid, reason] = fopen(file, 'w');
if fid < 0
  error('netparity:write', 'Cannot write %s: %s', file, reason);
end
written = fwrite(fid, bytes, 'uint8');
status = fclose(fid);
fid = fopen(file, 'r');
fseek(fid, 0, 'eof');
found = ftell(fid);
fclose(fid);
if written ~= numel(bytes) || status ~= 0 || found ~= numel(bytes)
  error('netparity:write', ['Writing %s failed: not all of its %d bytes ' ...
    'are there. Is the disk full, or a quota reached?'], file, numel(bytes));
end
end
