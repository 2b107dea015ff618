function [y, aux] = apply_layer(layer, x, test_mode)
%APPLY_LAYER Output of one layer of a SimpleNN network.
%   [Y, AUX] = APPLY_LAYER(LAYER, X, TEST_MODE). LAYER has its defaults
%   filled in, see VL_SIMPLENN_TIDY.

aux = [];
switch layer.type
  case 'conv'
    y = vl_nnconv(x, layer.weights{1}, layer.weights{2}, 'pad', layer.pad, ...
      'stride', layer.stride, 'dilate', layer.dilate, layer.opts{:});
  case 'pool'
    y = vl_nnpool(x, layer.pool, 'pad', layer.pad, 'stride', layer.stride, ...
      'method', layer.method, layer.opts{:});
  case 'relu'
    y = vl_nnrelu(x, [], 'leak', layer.leak);
  case {'normalize', 'lrn'}
    y = vl_nnnormalize(x, layer.param);
  case 'softmax'
    y = vl_nnsoftmax(x);
  case 'dropout'
    y = x;
    if ~test_mode
      [y, aux] = vl_nndropout(x, 'rate', layer.rate);
    end
  otherwise
    error('vl_simplenn:type', ['The compatibility functions have no layer ' ...
      'of type ''%s'' (layer ''%s''); install MatConvNet for it.'], ...
      layer.type, layer.name);
end
end
