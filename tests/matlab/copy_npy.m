function shape = copy_npy(from, to)
%COPY_NPY Read a .npy file, write it again as float32, return its shape.

[x, shape] = np_read_npy(from);
np_write_npy(to, x, shape);
end
