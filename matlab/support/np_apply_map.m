function im = np_apply_map(indices, map)
%NP_APPLY_MAP Colours of an indexed image, H x W x 3 single, 0 to 255.
%   IM = NP_APPLY_MAP(INDICES, MAP). MAP is K x 3 in the range 0 to 1.
%   Integer and logical indices start at 0, floating-point indices at 1.

indices = double(indices) + double(~isfloat(indices));
colours = single(round(255 * map(:, 1:3)));
im = reshape(colours(indices(:), :), [size(indices) 3]);
end
