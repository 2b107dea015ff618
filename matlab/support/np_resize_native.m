function [im, code] = np_resize_native(im, target)
%NP_RESIZE_NATIVE Resize an image the way MATLAB's users do.
%   [IM, CODE] = NP_RESIZE_NATIVE(IM, [ROWS COLUMNS]) is bicubic and antialiased.
%   CODE names the function that ran: MATLAB's imresize, or NP_IMRESIZE if there
%   is none. Octave's image package differs from MATLAB by up to 0.7 grey levels
%   and is not used.

if ~np_is_octave() && exist('imresize', 'file') ~= 0
  im = imresize(im, target, 'bicubic');
  code = 'MATLAB imresize';
else
  im = np_imresize(im, target, 'bicubic');
  code = 'netparity np_imresize';
end
end
