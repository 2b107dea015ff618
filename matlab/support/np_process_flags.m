function flags = np_process_flags(flags)
%NP_PROCESS_FLAGS Settings of this process that matter to a fair comparison.
%   FLAGS = NP_PROCESS_FLAGS(FLAGS) adds
%
%   `precision`::    of the computation
%   `environment`::  variables that OpenMP and the matrix libraries read
%   `os_threads`::   number of threads, including idle ones; only on Linux

flags.precision = 'float32';
names = {'OMP_NUM_THREADS', 'OMP_PROC_BIND', 'OMP_PLACES', ...
  'GOMP_CPU_AFFINITY', 'KMP_AFFINITY', 'OPENBLAS_NUM_THREADS', ...
  'OPENBLAS_CORETYPE', 'MKL_NUM_THREADS', 'BLIS_NUM_THREADS'};
pairs = {};
for k = 1:numel(names)
  value = getenv(names{k});
  if ~isempty(value)
    pairs{end + 1} = [names{k} '=' value];
  end
end
flags.environment = 'none';
if ~isempty(pairs)
  flags.environment = strjoin(pairs, ' ');
end

tasks = dir('/proc/self/task');
if ~isempty(tasks)
  flags.os_threads = sprintf('%d', sum(~strncmp({tasks.name}, '.', 1)));
end
end
