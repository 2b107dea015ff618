function [seconds, loops] = np_time_series(call, count, likely, tick)
%NP_TIME_SERIES Seconds per call, by a clock whose ticks are known.
%   [S, LOOPS] = NP_TIME_SERIES(CALL, COUNT, LIKELY, TICK) returns COUNT values,
%   1 x COUNT, of the function CALL, which takes about LIKELY seconds. Each
%   value is the mean of LOOPS calls in a row, so many that they last 1000
%   ticks of TICK seconds: a shorter time is off by more than 0.1 %.

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
