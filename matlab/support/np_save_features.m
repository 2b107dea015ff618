function saved = np_save_features(job, maps, input)
%NP_SAVE_FEATURES Save every feature that a job asks for.
%   SAVED = NP_SAVE_FEATURES(JOB, MAPS, INPUT) writes MAPS, one array for each
%   feature (see NP_FEATURE_MAPS), to the job's output folder, in files named by
%   NP_FEATURE_FILES; INPUT is `shared` or `native`. SAVED is a map from names to
%   files and shapes.

saved = containers.Map();
files = np_feature_files(input, {job.features.name});
for k = 1:numel(job.features)
  feature = job.features(k);
  saved(feature.name) = np_save_tensor(job.output_dir, files{k}, ...
    maps{k}, feature.shape);
end
end
