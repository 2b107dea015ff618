function np_replace_file(file, bytes)
%NP_REPLACE_FILE Write a file so that no reader ever sees half of it.
%   NP_REPLACE_FILE(FILE, BYTES) writes a neighbour of FILE and renames it.

temporary = [file '.tmp'];
np_write_bytes(temporary, bytes);
if np_is_octave()
  % Octave's movefile would hand the path to a shell.
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
