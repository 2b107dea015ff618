function res = simplenn_with_custom_layer(x)
%SIMPLENN_WITH_CUSTOM_LAYER A custom layer that doubles, and a ReLU.
%   RES = SIMPLENN_WITH_CUSTOM_LAYER(X). Function handles do not travel in .mat
%   files between languages.

double_it = struct('type', 'custom', 'factor', 2, 'forward', @multiply);
net = struct('layers', {{double_it, struct('type', 'relu')}});
res = vl_simplenn(net, x);
end

function after = multiply(layer, before, after)
after.x = layer.factor * before.x;
after.aux = 'seen';
end
