function options = pool_options(layer)
%POOL_OPTIONS What a pooling layer gives VL_NNPOOL after the window.

options = [{'pad', layer.pad, 'stride', layer.stride, 'method', layer.method}, ...
  layer.opts];
end
