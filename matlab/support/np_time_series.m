function [seconds, loops] = np_time_series(call, count, likely, tick)
%NP_TIME_SERIES Time a function, in seconds per call.
%   [S, LOOPS] = NP_TIME_SERIES(CALL, COUNT, LIKELY, TICK) returns 1 x COUNT
%   values for the function CALL, which takes about LIKELY seconds. Each value is
%   the mean of LOOPS successive calls, enough to last 1000 clock ticks of TICK
%   seconds: one tick is then at most 0.1 % of what is measured.

loops = max(1, ceil(1000 * tick / max(likely, tick)));
seconds = zeros(1, count);
for k = 1:count
  started = tic();
  for j = 1:loops
    call();
  end
  seconds(k) = toc(started) / loops;
end
end
