function [y, aux] = apply_layer(layer, x, test_mode)
%APPLY_LAYER The output of one layer of a SimpleNN network.
%   [Y, AUX] = APPLY_LAYER(LAYER, X, TEST_MODE). VL_SIMPLENN_TIDY has filled in
%   LAYER's defaults.

aux = [];
switch layer.type
  case 'conv'
    options = conv_options(layer);
    y = vl_nnconv(x, layer.weights{1}, layer.weights{2}, options{:});
  case 'convt'
    y = vl_nnconvt(x, layer.weights{1}, layer.weights{2}, 'crop', layer.crop, ...
      'upsample', layer.upsample, 'numGroups', layer.numGroups, layer.opts{:});
  case 'bnorm'
    options = {};
    if test_mode
      options = {'moments', layer.weights{3}};
    end
    y = vl_nnbnorm(x, layer.weights{1:2}, 'epsilon', layer.epsilon, options{:});
  case 'pool'
    options = pool_options(layer);
    y = vl_nnpool(x, layer.pool, options{:});
  case 'relu'
    y = vl_nnrelu(x, [], 'leak', layer.leak);
  case {'normalize', 'lrn'}
    y = vl_nnnormalize(x, layer.param);
  case 'softmax'
    y = vl_nnsoftmax(x);
  case 'sigmoid'
    y = vl_nnsigmoid(x);
  case 'dropout'
    y = x;
    if ~test_mode
      [y, aux] = vl_nndropout(x, 'rate', layer.rate);
    end
  otherwise
    error('vl_simplenn:type', ['vl_simplenn: the compatibility functions do not ' ...
      'support the type %s of layer ''%s''; install MatConvNet for it.'], ...
      describe_value(layer.type), layer.name);
end
end
