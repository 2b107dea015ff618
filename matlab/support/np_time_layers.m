function layers = np_time_layers(net, x, repeats)
%NP_TIME_LAYERS Seconds from the input to each layer.
%   LAYERS = NP_TIME_LAYERS(NET, X, REPEATS) is a map from names, of layers in
%   SimpleNN and of variables in DagNN, to cells of REPEATS numbers. Each is the
%   time in one pass of this layer and of all that lead to it.
%
%   Every SimpleNN layer's output is kept, so that layers are computed one by
%   one; the passes of NP_FORWARD may compute several layers in one step.

if np_is_dag(net)
  names = net.vars([net.steps.output]);
  leading = np_leading_steps(net);
else
  names = cellfun(@(layer) layer.name, net.layers(:)', 'UniformOutput', false);
  leading = tril(true(numel(names)));
end
seconds = zeros(repeats, numel(names));
for k = 0:repeats
  if np_is_dag(net)
    [~, taken] = np_run_dag(net, x);
  else
    res = vl_simplenn(net, x, [], [], 'conserveMemory', false, 'mode', 'test');
    taken = [res(1:end - 1).time];
  end
  if k > 0  % the first pass allocates memory that later passes reuse
    seconds(k, :) = (leading * taken(:))';
  end
end
layers = containers.Map();
for k = 1:numel(names)
  layers(names{k}) = num2cell(seconds(:, k)');
end
made = np_split_order(net.asked);
for k = 1:numel(made)
  if isKey(layers, made{k})
    layers(net.asked{k}) = layers(made{k});
  end
end
end
