function y = np_crop_like(x, reference, crop)
%NP_CROP_LIKE Crop an array to the height and width of another.
%   Y = NP_CROP_LIKE(X, REFERENCE, [TOP LEFT]) removes up to TOP rows at the top
%   and LEFT columns at the left, and the others at the bottom and right, as
%   MatConvNet's dagnn.Crop does.

surplus = [size(x, 1) size(x, 2)] - [size(reference, 1) size(reference, 2)];
crop = reshape(double(crop), 1, []);
crop = [crop crop(end)];
after = max(0, surplus - crop(1:2));
before = surplus - after;
y = vl_nncrop(x, [before(1) after(1) before(2) after(2)]);
end
