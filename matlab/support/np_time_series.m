function [seconds, loops, usage] = np_time_series(call, count, likely, tick)
%NP_TIME_SERIES Time a function, in seconds per call.
%   [S, LOOPS, USAGE] = NP_TIME_SERIES(CALL, COUNT, LIKELY, TICK) returns 1 x COUNT
%   values for the function CALL, which takes about LIKELY seconds. Each value is
%   the mean of LOOPS successive calls, enough to last 1000 clock ticks of TICK
%   seconds. USAGE is a 1 x COUNT structure: what the process used for each value.

loops = np_loops(likely, tick);
used = cell(1, count);
seconds = zeros(1, count);
for k = 1:count
  before = np_usage();
  started = tic();
  for j = 1:loops
    call();
  end
  seconds(k) = toc(started) / loops;
  used{k} = np_used_since(before, loops);
end
usage = [used{:}];
end
