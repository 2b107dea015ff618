function x = np_shared_input(job)
%NP_SHARED_INPUT The tensor that every tool gets, H x W x C x N single.
%   X = NP_SHARED_INPUT(JOB). The file is what the network takes, with the mean
%   already subtracted: N x H x W x C, or N x K for 1 x 1 x K x N.

[x, shape] = np_read_npy(job.shared_input.file);
if ~any(numel(shape) == [2 4]) || ~isequal(shape, job.shared_input.shape)
  error('netparity:input', '%s has the shape [%s], but the job says [%s].', ...
    job.shared_input.file, num2str(shape), num2str(job.shared_input.shape));
end
x = single(x);
if numel(shape) == 2
  x = reshape(x', 1, 1, shape(2), shape(1));
else
  x = permute(x, [2 3 4 1]);
end
end
