function result = np_extract_input(result, job, net, input)
%NP_EXTRACT_INPUT Compute and save the features of one input, batch by batch.
%   RESULT = NP_EXTRACT_INPUT(RESULT, JOB, NET, INPUT) is a part of
%   NP_EXTRACT_ONLY; INPUT is `shared` or `native`.

is_shared = strcmp(input, 'shared');
if is_shared
  shared = np_shared_input(job);
  count = size(shared, 4);
else
  count = numel(job.images);
end
[starts, stops] = np_batches(job, count);
parts = cell(numel(job.features), numel(starts));
made = cell(1, numel(starts));
for b = 1:numel(starts)
  chosen = starts(b):stops(b);
  if is_shared
    x = shared(:, :, :, chosen);
  else
    [x, result.flags.resize] = np_native_input(net, job.images(chosen));
    made{b} = x;
  end
  res = np_forward(net, x);
  parts(:, b) = np_feature_maps(job, net, res);
end

maps = cell(1, numel(job.features));
for k = 1:numel(maps)
  maps{k} = cat(4, parts{k, :});
end
result.features.(input) = np_save_features(job, maps, input);
if ~is_shared
  result.native_input = np_save_tensor(job.output_dir, 'native-input', cat(4, made{:}), []);
end
end
