function layer = tidy_layer(layer, number)
%TIDY_LAYER Move a layer's old fields and fill in its defaults.
%   LAYER = TIDY_LAYER(LAYER, NUMBER); VL_SIMPLENN_TIDY lists the defaults.

check_layer(layer, number);
defaults = struct('name', sprintf('layer%d', number), 'precious', false);
switch layer.type
  case 'conv'
    if ~isfield(layer, 'weights') && isfield(layer, 'filters')
      layer.weights = {layer.filters, layer.biases};
      layer = rmfield(layer, {'filters', 'biases'});
    end
    defaults.pad = 0;
    defaults.stride = 1;
    defaults.dilate = 1;
    defaults.opts = {};
  case 'convt'
    defaults.crop = 0;
    defaults.upsample = 1;
    defaults.numGroups = 1;
    defaults.opts = {};
  case 'bnorm'
    defaults.epsilon = 1e-5;
  case 'pool'
    defaults.pad = 0;
    defaults.stride = 1;
    defaults.method = 'max';
    defaults.opts = {};
  case 'relu'
    defaults.leak = 0;
  case {'normalize', 'lrn'}
    defaults.param = [5 1 0.0001 / 5 0.75];
  case 'dropout'
    defaults.rate = 0.5;
end

names = fieldnames(defaults);
for k = 1:numel(names)
  if ~isfield(layer, names{k}) || ...
      (isempty(layer.(names{k})) && ~iscell(layer.(names{k})))
    layer.(names{k}) = defaults.(names{k});
  end
end
check_weights(layer, number);
% Files written by other languages have an empty matrix for an empty cell.
if isfield(layer, 'opts') && ~iscell(layer.opts)
  layer.opts = {};
end
end
