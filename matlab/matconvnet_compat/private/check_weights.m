function check_weights(layer, number)
%CHECK_WEIGHTS Reject a layer whose weights are not those that its type needs.
%   CHECK_WEIGHTS(LAYER, NUMBER) raises vl_simplenn_tidy:weights.

switch layer.type
  case {'conv', 'convt'}
    wanted = '{FILTERS, BIASES}';
    count = 2;
  case 'bnorm'
    wanted = '{MULTIPLIERS, BIASES, MOMENTS}';
    count = 3;
  otherwise
    return
end
if ~iscell(layer.weights) || numel(layer.weights) ~= count
  error('vl_simplenn_tidy:weights', ['vl_simplenn_tidy: the weights of layer ' ...
    '%d (''%s'') must be %s, not %s.'], number, layer.name, wanted, ...
    describe_value(layer.weights));
end
end
