function np_refuse_range(file)
%NP_REFUSE_RANGE Report an image whose range of values is unknown.

error('netparity:image', ['image %s: only integers of 8 or 16 bits have ' ...
  'a defined range; convert the image to 8 or 16 bits per channel'], file);
end
