function loops = np_loops(likely, tick)
%NP_LOOPS How many calls of LIKELY seconds last 1000 clock ticks of TICK seconds.
%   One tick is then at most 0.1 % of what is measured.

loops = max(1, ceil(1000 * tick / max(likely, tick)));
end
