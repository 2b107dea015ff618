function np_run_job(file, here)
%NP_RUN_JOB Run a netparity job and write result.json.
%   NP_RUN_JOB(FILE, HERE) reads the job FILE; HERE is the matlab/ folder.
%   EXTRACT_FEATURES says what is written. Errors are recorded in the result and
%   rethrown.

job = np_read_job(file);
result = np_start_result(job);
np_write_result(job.output_dir, result);
try
  result = np_describe(result, job, here);
  only = np_field(job.options, 'only', '');
  if isempty(only)
    [net, native, result] = np_prepare(result, job);
    result = np_predict(result, job, net, native);
  else
    result = np_extract_only(result, job, only);
  end
  result.status = 'ok';
catch failure
  np_write_result(job.output_dir, np_fail_result(result, failure));
  rethrow(failure);
end
np_write_result(job.output_dir, result);
end
