function result = np_start_result(job)
%NP_START_RESULT The result of a job that has just started.
%   RESULT = NP_START_RESULT(JOB) has status `started` and every field of the
%   protocol: [] for unknown values, an empty structure for an empty object.

result = struct();
result.schema_version = 1;
result.status = 'started';
result.error = [];
result.ready_unix_seconds = [];
result.phases = struct();
result.features = struct();
result.native_input = [];
result.code = [];
result.built = [];
result.versions = struct();
result.data_format = [];
result.threads = struct('requested', job.threads, 'found', []);
result.blas = [];
result.flags = struct();
result.clock = [];
result.layers = struct();
result.usage = struct();
end
