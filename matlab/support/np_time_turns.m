function [seconds, loops, usage] = np_time_turns(call, folder, likely, tick)
%NP_TIME_TURNS Time a function turn by turn, while other processes have theirs.
%   [S, LOOPS, USAGE] = NP_TIME_TURNS(CALL, FOLDER, LIKELY, TICK) waits for
%   each turn at the named pipes in FOLDER and then measures as many values as it
%   is told; see NP_TIME_SERIES for the results and the other arguments.

seconds = zeros(1, 0);
usage = [];
loops = np_loops(likely, tick);
[values, uncounted] = np_wait_turn(folder, likely);
while values > 0
  for k = 1:uncounted
    call();
  end
  [taken, ~, used] = np_time_series(call, values, likely, tick);
  seconds = [seconds taken];
  usage = [usage used];
  [values, uncounted] = np_wait_turn(folder, likely);
end
end
