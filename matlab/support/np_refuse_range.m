function np_refuse_range(file)
%NP_REFUSE_RANGE Refuse an image whose values have no defined range.

error('netparity:image', ['image %s: only integers of 8 or 16 bits have ' ...
  'a defined range; convert the image to 8 or 16 bits per channel'], file);
end
