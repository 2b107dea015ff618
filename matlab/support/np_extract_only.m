function result = np_extract_only(result, job, only)
%NP_EXTRACT_ONLY Extract the features of some inputs without timing them.
%   RESULT = NP_EXTRACT_ONLY(RESULT, JOB, ONLY) computes and saves only the
%   features of ONLY, which is `shared`, `native` or `shared,native`. The job's
%   option `batch` ['16'] is the number of images per forward pass, which limits
%   the memory needed. With `native`, the tensor made from the images is saved,
%   too.

inputs = strsplit(only, ',');
if ~all(ismember(inputs, {'shared', 'native'}))
  error('netparity:job', ['The option `only` must be ''shared'', ' ...
    '''native'' or ''shared,native'', not ''%s''.'], only);
end
started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);
result.built = np_built_by(net);
if any(strcmp(inputs, 'native'))
  net.native = np_job_preprocessing(net, job);
end
for k = 1:numel(inputs)
  result = np_extract_input(result, job, net, inputs{k});
end
result.flags = np_process_flags(result.flags);
end
