function tick = np_tick_seconds()
%NP_TICK_SECONDS The smallest observed step of the clock of tic and toc.

steps = zeros(1, 200);
started = tic();
for k = 1:numel(steps)
  before = toc(started);
  steps(k) = toc(started) - before;
  while steps(k) <= 0
    steps(k) = toc(started) - before;
  end
end
% The difference of two doubles can be smaller than one step.
tick = max(min(steps), 1e-9);
end
