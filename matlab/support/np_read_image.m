function im = np_read_image(file)
%NP_READ_IMAGE Read an image as RGB in the range 0 to 255.
%   IM = NP_READ_IMAGE(FILE) returns H x W x 3 single with the same whole numbers
%   that Python's Pillow gives:
%
%   grey            the channel is repeated three times
%   palette         looked up in the colour map
%   alpha           dropped without blending
%   16 bits, grey   v / 257, rounded
%   16 bits, RGB    floor(v / 256), the high byte
%   logical         0 and 255
%
%   The camera's orientation tag is ignored.

if exist(file, 'file') ~= 2
  error('netparity:image', 'image %s does not exist; check the path', file);
end
np_check_tiff(file);
map = [];
try
  if ~np_is_octave() && ~isempty(regexpi(file, '\.png$', 'once'))
    % MATLAB blends with the alpha channel unless it is asked for. Octave never
    % blends, and raises an error here for a palette without alpha.
    [im, map, ~] = imread(file);
  else
    [im, map] = imread(file);
  end
catch cause
  error('netparity:image', ['image %s cannot be decoded; expected PNG, JPEG, ' ...
    'TIFF, BMP or similar (%s)'], file, cause.message);
end
if ~isempty(map)
  im = np_apply_map(im, map);
elseif islogical(im)
  im = 255 * single(im);
elseif isa(im, 'uint16') && size(im, 3) == 1
  im = round(single(im) / 257);
elseif isa(im, 'uint16')
  im = floor(single(im) / 256);
elseif isa(im, 'uint8')
  im = single(im);
else
  np_refuse_range(file);
end

if ndims(im) > 3 || ~any(size(im, 3) == [1 3])
  error('netparity:image', ['image %s has size [%s], expected H x W or ' ...
    'H x W x 3; save one RGB frame of it'], file, num2str(size(im)));
end
if size(im, 3) == 1
  im = im(:, :, [1 1 1]);
end
end
