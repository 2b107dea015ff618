function usage = np_usage()
%NP_USAGE What this process has used since it started.
%   USAGE = NP_USAGE() has the fields of one entry of a result's `usage`: processor
%   seconds of all threads, page faults and context switches, and the machine's
%   stolen seconds since it started. A field is [] if it is not known; MATLAB
%   does not say its switches. NP_USED_SINCE gives the difference of two.

stolen = np_stolen_seconds('/proc/stat');  % first: reading it must not count
usage = np_counters();
usage.stolen_seconds = stolen;
end
