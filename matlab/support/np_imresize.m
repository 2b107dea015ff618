function im = np_imresize(im, target, method)
%NP_IMRESIZE Resize an image as MATLAB's imresize does.
%   IM = NP_IMRESIZE(IM, [ROWS COLUMNS]) resizes an H x W x C single or double
%   image with bicubic interpolation, antialiased when shrinking. Values are
%   neither rounded nor clipped.
%
%   IM = NP_IMRESIZE(IM, TARGET, METHOD) uses `bicubic` (default), `bilinear` or
%   `nearest` (never antialiased). NP_RESIZE_WEIGHTS gives the formulas.

if nargin < 3
  method = 'bicubic';
end
if ~isfloat(im) || ndims(im) > 3
  error('netparity:resize', ['np_imresize: the image must be ' ...
    'H x W x C single or double, not %s of size [%s].'], class(im), num2str(size(im)));
end
given = [size(im, 1) size(im, 2)];
channels = size(im, 3);
antialias = ~strcmp(method, 'nearest');

% As in MATLAB, the dimension that shrinks most comes first; rows on a tie.
[~, order] = sort(target ./ given);
kind = class(im);
for dim = order
  weights = np_resize_weights(given(dim), target(dim), method, antialias);
  if dim == 1
    im = weights * reshape(double(im), given(1), []);
    given(1) = target(1);
    im = reshape(im, given(1), given(2), channels);
  else
    im = reshape(permute(double(im), [2 1 3]), given(2), []);
    given(2) = target(2);
    im = permute(reshape(weights * im, given(2), given(1), channels), [2 1 3]);
  end
  im = cast(im, kind);
end
end
