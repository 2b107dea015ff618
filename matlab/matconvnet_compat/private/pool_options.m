function options = pool_options(layer)
%POOL_OPTIONS A pooling layer's options for VL_NNPOOL.

options = [{'pad', layer.pad, 'stride', layer.stride, 'method', layer.method}, ...
  layer.opts];
end
