function steps = np_dag_steps(layers, made, plan, params)
%NP_DAG_STEPS The layers of a DagNN network in an order for computing them.
%   STEPS = NP_DAG_STEPS(LAYERS, MADE, PLAN, PARAMS); NP_PLAN_DAG says what STEPS
%   is. MADE are the variables that LAYERS make, PARAMS the file's parameters.

known = false(1, numel(plan.vars));
known(plan.source) = true;
steps = struct('name', {}, 'type', {}, 'block', {}, 'inputs', {}, 'output', {}, ...
  'params', {}, 'free', {});
waiting = 1:numel(layers);
while ~isempty(waiting)
  left = [];
  for k = waiting
    [~, inputs] = ismember(layers(k).inputs, plan.vars);
    if ~all(known(inputs))
      left(end + 1) = k;
      continue
    end
    output = find(strcmp(plan.vars, made{k}));
    known(output) = true;
    steps(end + 1) = struct('name', layers(k).name, 'type', layers(k).type, ...
      'block', np_field(layers(k), 'block', struct()), 'inputs', inputs, ...
      'output', output, 'params', {np_dag_params(layers(k), params)}, 'free', []);
  end
  if numel(left) == numel(waiting)
    error('netparity:network', 'layer %s is part of a circle', layers(left(1)).name);
  end
  waiting = left;
end

seen = plan.wanted;
for k = numel(steps):-1:1
  steps(k).free = setdiff(steps(k).inputs, seen);
  seen = [seen, steps(k).inputs];
end
end
