function layers = np_time_layers(net, x, repeats)
%NP_TIME_LAYERS Seconds from the input to each layer.
%   LAYERS = NP_TIME_LAYERS(NET, X, REPEATS) is a map from layer names to cells of
%   REPEATS numbers, each the sum of the `time` that VL_SIMPLENN reports in one
%   pass for this layer and all before it.
%
%   Every layer's output is kept, so that layers are computed one by one; the
%   passes of NP_FORWARD may compute several layers in one step.

seconds = zeros(repeats, numel(net.layers));
for k = 0:repeats
  res = vl_simplenn(net, x, [], [], 'conserveMemory', false, 'mode', 'test');
  if k > 0  % the first pass allocates memory that later passes reuse
    seconds(k, :) = cumsum([res(1:end - 1).time]);
  end
end
layers = containers.Map();
for k = 1:numel(net.layers)
  layers(net.layers{k}.name) = num2cell(seconds(:, k)');
end
end
