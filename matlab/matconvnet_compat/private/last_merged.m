function last = last_merged(layers, first)
%LAST_MERGED The last of the layers that can be merged into one step.
%   LAST = LAST_MERGED(LAYERS, FIRST). A convolution, the ReLU after it and the
%   pooling after that are merged unless an output between them is to be kept.
%   For all other layers LAST is FIRST.

last = first;
wanted = {'conv', 'relu', 'pool'};
while last < numel(layers) && last - first < 2
  layer = layers{last};
  next = layers{last + 1};
  if layer.precious || ~strcmp(layer.type, wanted{last - first + 1}) || ...
      ~strcmp(next.type, wanted{last - first + 2})
    return
  end
  last = last + 1;
end
end
