function check_layer(layer, number)
%CHECK_LAYER Reject a layer that lacks a required field.
%   CHECK_LAYER(LAYER, NUMBER) raises vl_simplenn_tidy:layer.

needed = {'type'};
if isstruct(layer) && isscalar(layer) && isfield(layer, 'type')
  switch layer.type
    case 'conv'
      needed = {'type', 'weights'};
      if ~isfield(layer, 'weights')
        needed = {'type', 'filters', 'biases'};
      end
    case {'convt', 'bnorm'}
      needed = {'type', 'weights'};
    case 'pool'
      needed = {'type', 'pool'};
    case 'custom'
      needed = {'type', 'forward'};
  end
else
  layer = struct();
end
missing = needed(~isfield(layer, needed));
if ~isempty(missing)
  error('vl_simplenn_tidy:layer', ['vl_simplenn_tidy: layer %d must be a ' ...
    'structure with the field ''%s''.'], number, missing{1});
end
end
