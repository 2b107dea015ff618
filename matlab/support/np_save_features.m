function saved = np_save_features(job, net, res, input)
%NP_SAVE_FEATURES Save every feature a job asks for.
%   SAVED = NP_SAVE_FEATURES(JOB, NET, RES, INPUT) takes the features from
%   RES, as VL_SIMPLENN returned it, and writes them to the job's output
%   folder as INPUT-<name>.npy; INPUT is `shared` or `native`. SAVED is a map
%   from names to files and shapes.

saved = containers.Map();
for k = 1:numel(job.features)
  feature = job.features(k);
  position = np_layer_positions(net, {feature.layer});
  saved(feature.name) = np_save_tensor(job.output_dir, ...
    [input '-' feature.name], res(position + 1).x, feature.shape);
end
end
