function text = np_read_text(file)
%NP_READ_TEXT Read a UTF-8 text file as one row of characters.

[fid, reason] = fopen(file, 'r');
if fid < 0
  error('netparity:read', 'Cannot open %s: %s', file, reason);
end
bytes = fread(fid, Inf, '*uint8')';
fclose(fid);
text = native2unicode(bytes, 'UTF-8');
end
