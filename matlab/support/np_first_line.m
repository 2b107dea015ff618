function text = np_first_line(file)
%NP_FIRST_LINE The first line of a file, '' if it cannot be read.

text = '';
fid = fopen(file, 'r');
if fid < 0
  return
end
found = fgetl(fid);
fclose(fid);
if ischar(found)
  text = found;
end
end
