function saved = np_save_tensor(folder, name, x, wanted)
%NP_SAVE_TENSOR Save a feature map and say what was saved.
%   SAVED = NP_SAVE_TENSOR(FOLDER, NAME, X, WANTED) writes X, H x W x C x N,
%   to FOLDER/NAME.npy in the shape WANTED: [N K] or [N H W C]. If WANTED
%   does not hold X, the shape is N x H x W x C as it came, and whoever reads
%   the result is to judge. SAVED has the fields file and shape.

actual = [size(x, 4) size(x, 1) size(x, 2) size(x, 3)];
merged = [actual(1) prod(actual(2:4))];
x = permute(x, [4 1 2 3]);
if isequal(wanted, merged)
  % Row-major order within an image: channels run fastest, rows slowest.
  x = reshape(permute(x, [1 4 3 2]), merged);
  shape = merged;
else
  shape = actual;
end
saved = struct('file', [name '.npy'], 'shape', shape);
np_write_npy(fullfile(folder, saved.file), x, shape);
end
