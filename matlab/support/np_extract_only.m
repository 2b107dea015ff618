function result = np_extract_only(result, job, input)
%NP_EXTRACT_ONLY Extract the features of one input without timing them.
%   RESULT = NP_EXTRACT_ONLY(RESULT, JOB, INPUT) computes and saves only the
%   features of INPUT, `shared` or `native`. The job's option `batch` ['16'] is
%   the number of images per forward pass, which limits the memory needed.

if ~any(strcmp(input, {'shared', 'native'}))
  error('netparity:job', ['The option `only` must be ''shared'' or ' ...
    '''native'', not ''%s''.'], input);
end
started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);
result.built = np_built_by(net);

if strcmp(input, 'shared')
  shared = np_shared_input(job);
  count = size(shared, 4);
else
  net.native = np_job_preprocessing(net, job);
  count = numel(job.images);
end
batch = str2double(np_field(job.options, 'batch', '16'));
starts = 1:batch:count;
parts = cell(numel(job.features), numel(starts));
for b = 1:numel(starts)
  chosen = starts(b):min(starts(b) + batch - 1, count);
  if strcmp(input, 'shared')
    x = shared(:, :, :, chosen);
  else
    [x, result.flags.resize] = np_native_input(net, job.images(chosen));
  end
  res = np_forward(net, x);
  parts(:, b) = np_feature_maps(job, net, res);
end

maps = cell(1, numel(job.features));
for k = 1:numel(maps)
  maps{k} = cat(4, parts{k, :});
end
result.features.(input) = np_save_features(job, maps, input);
result.flags = np_process_flags(result.flags);
end
