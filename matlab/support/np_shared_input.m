function x = np_shared_input(job)
%NP_SHARED_INPUT The tensor that every tool gets, H x W x C x N single.
%   X = NP_SHARED_INPUT(JOB). The file is N x H x W x C, RGB, with the mean
%   already subtracted, as MatConvNet's weights expect.

[x, shape] = np_read_npy(job.shared_input.file);
if numel(shape) ~= 4 || ~isequal(shape, job.shared_input.shape)
  error('netparity:input', '%s has the shape [%s], but the job says [%s].', ...
    job.shared_input.file, num2str(shape), num2str(job.shared_input.shape));
end
x = permute(single(x), [2 3 4 1]);
end
