function np_write_bytes(file, bytes)
%NP_WRITE_BYTES Write a file and check that it is complete.
%   NP_WRITE_BYTES(FILE, BYTES) writes the uint8 array BYTES.
%
%   On a full disk Octave's fwrite counts bytes that only reached its buffer, and
%   its fclose still returns 0, so the size is checked afterwards. DIR is not
%   used for that: it treats brackets in the path as a pattern.

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
  error('netparity:write', ['Cannot write %s: fewer than its %d bytes ' ...
    'were written. Check for a full disk or a quota.'], file, numel(bytes));
end
end
