function result = np_describe(result, job, here)
%NP_DESCRIBE Set up the code that a job asks for and record what runs.
%   RESULT = NP_DESCRIBE(RESULT, JOB, HERE) finally records the time at which
%   everything is ready to load the weights.

result.data_format = 'channels_last';
result.blas = np_blas();
result.threads.found = np_set_threads(job.threads);
[result.code, result.versions] = np_choose_code(job.options, here);
result.ready_unix_seconds = np_clock();
if isempty(np_field(job.options, 'session', ''))  % a shared session started earlier
  result.usage.startup = np_counters();
  result.usage.startup.stolen_seconds = [];
end
end
