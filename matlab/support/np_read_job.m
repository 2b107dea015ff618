function job = np_read_job(file)
%NP_READ_JOB Read and check a netparity job.
%   JOB = NP_READ_JOB(FILE) returns the job as a structure in which lists have
%   the same form whatever their length:
%
%   `images`::           1 x N cell of paths, empty only if the job has a `network`
%   `features`::         1 x M struct with name, layer and shape (1 x D)
%   `shared_input`::     file and shape (1 x 4)
%   `options`::          struct, without fields if the job has none
%   `threads`::          number, [] if the job does not give one
%   `warmup`, `repeats`:: number, default 0 and 1
%   `turns`::            struct with `folder`, [] if the job has none
%
%   Nothing in a job is evaluated.

job = jsondecode(np_read_text(file));
wanted = {'schema_version', 'weights', 'images', 'shared_input', ...
  'features', 'output_dir'};
for k = 1:numel(wanted)
  if ~isstruct(job) || ~isfield(job, wanted{k})
    error('netparity:job', 'The job file %s has no `%s`.', file, wanted{k});
  end
end
if ~isequal(job.schema_version, 1)
  error('netparity:job', ['The job file %s has schema_version %s; this ' ...
    'extractor reads version 1. Use the matlab/ folder of the same ' ...
    'netparity release.'], file, np_encode_json(job.schema_version));
end

if isempty(job.images) && isempty(np_field(job, 'network', []))
  error('netparity:job', 'The job file %s lists no image in `images`.', file);
end
if isempty(job.images)
  job.images = {};
end
job.images = reshape(cellstr(job.images), 1, []);
job.features = np_job_features(job.features);
job.shared_input.shape = reshape(job.shared_input.shape, 1, []);
job.options = np_field(job, 'options', struct());
job.threads = np_field(job, 'threads', []);
job.warmup = np_field(job, 'warmup', 0);
job.repeats = np_field(job, 'repeats', 1);
job.turns = np_field(job, 'turns', []);
end
