function usage = np_counters()
%NP_COUNTERS Processor seconds, page faults and switches of this process so far.
%   USAGE = NP_COUNTERS() has the fields of NP_USAGE but `stolen_seconds`.

if np_is_octave()
  counters = getrusage();
  usage = struct( ...
    'user_seconds', counters.utime.sec + 1e-6 * counters.utime.usec, ...
    'system_seconds', counters.stime.sec + 1e-6 * counters.stime.usec, ...
    'minor_faults', counters.minflt, 'major_faults', counters.majflt, ...
    'voluntary_switches', counters.nvcsw, 'involuntary_switches', counters.nivcsw);
else
  usage = np_process_counters('/proc/self/stat');
end
end
