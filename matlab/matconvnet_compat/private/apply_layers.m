function [y, aux] = apply_layers(layers, x, test_mode)
%APPLY_LAYERS The output of one or more successive layers of a SimpleNN network.
%   [Y, AUX] = APPLY_LAYERS(LAYERS, X, TEST_MODE). LAYERS is a cell of layers whose
%   defaults VL_SIMPLENN_TIDY has filled in. The ReLU and the pooling after a
%   convolution are merged into it if the result is the same.

first = layers{1};
done = 1;
if numel(layers) > 1 && ~isempty(first.weights{1})
  [f, b] = deal(first.weights{1:2});
  plan = plan_convolution(x, f, b, conv_options(first));
  [plan, done] = plan_merged(plan, layers);
  y = convolve(x, f, b, plan);
  aux = [];
else
  [y, aux] = apply_layer(first, x, test_mode);
end
for k = done + 1:numel(layers)
  y = apply_layer(layers{k}, y, test_mode);
end
end
