function res = planted_forward(net, x, plan)
%PLANTED_FORWARD A forward pass with mistakes.
%   RES = PLANTED_FORWARD(NET, X, PLAN) stands in for NP_FORWARD: RES(i + 1).x
%   is what NET's layer i exports. Real layers go through the real
%   NP_FORWARD, as many at a time as stand together.

forward = planted_real('np_forward');
if isempty(plan.mistakes)
  res = forward(net, x);
  return
end
[layers, exported] = planted_network(net, plan);
outputs = cell(1, numel(layers) + 1);
outputs{1} = x;
first = 1;
while first <= numel(layers)
  last = first;
  if isfield(layers{first}, 'planted')
    outputs{first + 1} = layers{first}.planted(outputs{first});
  else
    while last < numel(layers) && ~isfield(layers{last + 1}, 'planted')
      last = last + 1;
    end
    part = net;
    part.layers = layers(first:last);
    done = forward(part, outputs{first});
    outputs(first + 1:last + 1) = {done(2:end).x};
  end
  first = last + 1;
end
res = struct('x', outputs([1 exported + 1]));
end
