function options = conv_options(layer)
%CONV_OPTIONS A convolution layer's options for VL_NNCONV.

options = [{'pad', layer.pad, 'stride', layer.stride, 'dilate', layer.dilate}, ...
  layer.opts];
end
