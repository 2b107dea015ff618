function usage = np_process_counters(file)
%NP_PROCESS_COUNTERS Processor seconds and page faults of a process, from /proc.
%   USAGE = NP_PROCESS_COUNTERS('/proc/self/stat') has `user_seconds`,
%   `system_seconds`, `minor_faults` and `major_faults` of all threads since the
%   process started, in steps of 10 ms, and [] for `voluntary_switches` and
%   `involuntary_switches`, which are only there for each thread. All are [] if
%   FILE cannot be read.

usage = struct('user_seconds', [], 'system_seconds', [], 'minor_faults', [], ...
  'major_faults', [], 'voluntary_switches', [], 'involuntary_switches', []);
text = np_first_line(file);
ends = find(text == ')');  % the program's name can contain anything else
if isempty(ends)
  return
end
% After the name and the state: field 4, the parent's process id, and the rest.
fields = sscanf(text(ends(end) + 4:end), '%f');
if numel(fields) < 12
  return
end
ticks = 100;  % Linux reports in hundredths of a second, whatever its own clock
usage.minor_faults = fields(7);
usage.major_faults = fields(9);
usage.user_seconds = fields(11) / ticks;
usage.system_seconds = fields(12) / ticks;
end
