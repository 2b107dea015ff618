function layers = planted_product(layer, name, plan, may_be_first_dense)
%PLANTED_PRODUCT A convolution or dense layer with its mistakes.
%   LAYERS = PLANTED_PRODUCT(LAYER, NAME, PLAN, MAY_BE_FIRST_DENSE) is a
%   cell. NAME is that of the activation behind LAYER. Zeros around the
%   result may stand before the ReLU as well as behind it: it leaves them.

kernel = layer.weights{1};
dense = ~any(layer.pad);
if planted_has(plan, 'kernels-rotated', name)
  kernel = kernel(end:-1:1, end:-1:1, :, :);
end
if planted_has(plan, 'kernels-transposed', name)
  kernel = permute(kernel, [2 1 3 4]);
end
if planted_has(plan, 'one-ulp', name)
  at = 2 - dense;
  value = kernel(at, at, 1, 1);
  kernel(at, at, 1, 1) = value + eps(value);
end
if dense && may_be_first_dense
  kernel = planted_flatten(kernel, name, plan);
end
if planted_has(plan, 'bias-missing', name)
  layer.weights{2}(:) = 0;
end

layers = {};
kind = regexp(plan.mistakes, '^precision-(.*)$', 'tokens', 'once');
kind = [kind{:}];
if ~isempty(kind)
  kernel = planted_round(kernel, kind{1});
  layers = {struct('planted', @(x) planted_round(x, kind{1}))};
end
layer.weights{1} = kernel;
if planted_has(plan, 'padding-valid', name)
  layer.pad = [0 0 0 0];
  zeros_around = layer;
  zeros_around.weights = {single([]), single([])};
  zeros_around.pad = [1 1 1 1];
  layers = [layers {layer zeros_around}];
else
  layers = [layers {layer}];
end
end
