function np_replace_file(file, bytes)
%NP_REPLACE_FILE Replace a file atomically.
%   NP_REPLACE_FILE(FILE, BYTES) writes a temporary file beside FILE and renames
%   it, so that no reader sees an incomplete file.

temporary = [file '.tmp'];
np_write_bytes(temporary, bytes);
if np_is_octave()
  % Octave's movefile would pass the path to a shell.
  [status, reason] = rename(temporary, file);
  moved = status == 0;
else
  [moved, reason] = movefile(temporary, file, 'f');
end
if ~moved
  error('netparity:write', 'Cannot rename %s to %s: %s', ...
    temporary, file, reason);
end
end
