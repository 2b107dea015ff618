function last = last_merged(layers, first)
%LAST_MERGED How far layers can be computed as one.
%   LAST = LAST_MERGED(LAYERS, FIRST): a convolution, the ReLU after it and the
%   maximum pooling after that, while nobody is to see what lies between. LAST
%   is FIRST for all other layers.

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
