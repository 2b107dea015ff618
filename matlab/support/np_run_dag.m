function [values, seconds] = np_run_dag(net, x)
%NP_RUN_DAG Evaluate a DagNN network with MatConvNet's functions.
%   VALUES = NP_RUN_DAG(NET, X) evaluates what NP_PLAN_DAG returned on X,
%   H x W x C x N. VALUES is a 1 x V cell with the variables that are wanted; the
%   others are freed as soon as no later layer reads them. MatConvNet's own
%   dagnn.DagNN does the same, but Octave does not run it.
%
%   [VALUES, SECONDS] = NP_RUN_DAG(NET, X) also returns the time of each step.

values = cell(1, numel(net.vars));
values{net.source} = x;
clear('x');
seconds = zeros(1, numel(net.steps));
for k = 1:numel(net.steps)
  step = net.steps(k);
  started = tic();
  values{step.output} = np_apply_block(step, values(step.inputs));
  seconds(k) = toc(started);
  values(step.free) = {[]};
end
end
