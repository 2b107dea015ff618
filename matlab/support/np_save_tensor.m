function saved = np_save_tensor(folder, name, x, wanted)
%NP_SAVE_TENSOR Save a feature map and return its file and shape.
%   SAVED = NP_SAVE_TENSOR(FOLDER, NAME, X, WANTED) writes X, H x W x C x N, to
%   FOLDER/NAME.npy in the shape WANTED: [N K] or [N H W C]. If X does not have
%   that shape, it is written as N x H x W x C, and the harness reports the
%   mismatch. SAVED has the fields file and shape.

actual = [size(x, 4) size(x, 1) size(x, 2) size(x, 3)];
merged = [actual(1) prod(actual(2:4))];
x = permute(x, [4 1 2 3]);
if isequal(wanted, merged)
  % Row-major order within an image: channels vary fastest, rows slowest.
  x = reshape(permute(x, [1 4 3 2]), merged);
  shape = merged;
else
  shape = actual;
end
saved = struct('file', [name '.npy'], 'shape', shape);
np_write_npy(fullfile(folder, saved.file), x, shape);
end
