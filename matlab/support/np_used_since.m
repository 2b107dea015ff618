function usage = np_used_since(before, loops)
%NP_USED_SINCE What this process has used since an earlier moment.
%   USAGE = NP_USED_SINCE(BEFORE, LOOPS) is one entry of a result's `usage`. BEFORE
%   is what NP_USAGE returned then; LOOPS is the number of calls since: seconds
%   are per call, counts are of all calls. A field is [] if it is not known.

usage = np_counters();
usage.stolen_seconds = np_stolen_seconds('/proc/stat');
names = fieldnames(usage);
for k = 1:numel(names)
  name = names{k};
  if isempty(usage.(name)) || isempty(before.(name))
    usage.(name) = [];
  else
    usage.(name) = max(0, usage.(name) - before.(name));
  end
end
times = {'user_seconds', 'system_seconds', 'stolen_seconds'};
for k = 1:numel(times)
  usage.(times{k}) = usage.(times{k}) / loops;
end
end
