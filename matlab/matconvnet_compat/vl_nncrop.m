function y = vl_nncrop(x, crop, varargin)
%VL_NNCROP Crop of rows and columns.
%   Y = VL_NNCROP(X, [TOP BOTTOM LEFT RIGHT]) removes so many rows and columns of
%   X, H x W x C x N. Asking for derivatives is an error.

check_data('vl_nncrop', x);
no_options('vl_nncrop', varargin);
crop = whole_numbers('vl_nncrop', 'crop', crop, 4, 0);
kept = [size(x, 1) size(x, 2)] - crop([1 3]) - crop([2 4]);
if numel(crop) ~= 4 || any(kept < 1)
  error('vl_nncrop:size', 'vl_nncrop: the crop, [%s], leaves nothing of size [%s].', ...
    num2str(crop), num2str(size(x)));
end
y = x(crop(1) + (1:kept(1)), crop(3) + (1:kept(2)), :, :);
end
