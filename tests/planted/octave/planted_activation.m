function layers = planted_activation(layer, name, plan)
%PLANTED_ACTIVATION A ReLU or softmax with its mistakes, as a cell of layers.

layers = {layer};
if planted_has(plan, 'relu-missing', name)
  layers{1}.leak = 1;
end
if planted_has(plan, 'softmax-missing', name)
  layers = {};
end
if planted_has(plan, 'relu-added', name)
  relu = struct('type', 'relu', 'name', 'relu_added', 'leak', 0, 'precious', false);
  layers = [{relu} layers];
end
end
