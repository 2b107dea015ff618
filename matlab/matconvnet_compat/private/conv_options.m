function options = conv_options(layer)
%CONV_OPTIONS What a convolution layer gives VL_NNCONV after the biases.

options = [{'pad', layer.pad, 'stride', layer.stride, 'dilate', layer.dilate}, ...
  layer.opts];
end
