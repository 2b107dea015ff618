function result = np_extract_only(result, job, input)
%NP_EXTRACT_ONLY The features of one input, without timing anything twice.
%   RESULT = NP_EXTRACT_ONLY(RESULT, JOB, INPUT) computes and saves the
%   features of INPUT, `shared` or `native`, and of nothing else. The job's
%   option `batch` ['16'] says how many images go through the network at
%   once: all of them may need more memory than there is.

if ~any(strcmp(input, {'shared', 'native'}))
  error('netparity:job', ['The option `only` is ''%s''; it must be ' ...
    'shared or native.'], input);
end
started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);

if strcmp(input, 'shared')
  shared = np_shared_input(job);
end
batch = str2double(np_field(job.options, 'batch', '16'));
count = numel(job.images);
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
  for k = 1:numel(job.features)
    position = np_layer_positions(net, {job.features(k).layer});
    parts{k, b} = res(position + 1).x;
  end
end

saved = containers.Map();
for k = 1:numel(job.features)
  feature = job.features(k);
  saved(feature.name) = np_save_tensor(job.output_dir, ...
    [input '-' feature.name], cat(4, parts{k, :}), feature.shape);
end
result.features.(input) = saved;
result.flags = np_process_flags(result.flags);
end
