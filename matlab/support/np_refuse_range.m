function np_refuse_range(file)
%NP_REFUSE_RANGE Report an image whose range of values is unknown.

error('netparity:image', ['image %s: only whole numbers of 8 or 16 bits have ' ...
  'an agreed range; convert the image to 8 or 16 bits per channel'], file);
end
