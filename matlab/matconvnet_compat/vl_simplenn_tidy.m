function net = vl_simplenn_tidy(net)
%VL_SIMPLENN_TIDY Convert a SimpleNN network of any version to the current form.
%   NET = VL_SIMPLENN_TIDY(NET) moves fields of older files,
%
%     layer.filters, layer.biases  ->  layer.weights, {FILTERS, BIASES}
%     net.normalization            ->  net.meta.normalization
%     net.classes                  ->  net.meta.classes
%
%   and fills in missing fields:
%
%   all layers::  name 'layer<number>', precious false
%   conv::        pad 0, stride 1, dilate 1, opts {}
%   convt::       crop 0, upsample 1, numGroups 1, opts {}
%   bnorm::       epsilon 1e-5
%   pool::        pad 0, stride 1, method 'max', opts {}
%   relu::        leak 0
%   normalize::   param [5 1 0.0001/5 0.75]
%   dropout::     rate 0.5
%
%   Other layers are not changed.

if ~isstruct(net) || ~isscalar(net) || ~isfield(net, 'layers') || ~iscell(net.layers)
  error('vl_simplenn_tidy:layers', ['vl_simplenn_tidy: %s without a cell ' ...
    '''layers'' is not a SimpleNN network.'], describe_value(net));
end
for i = 1:numel(net.layers)
  net.layers{i} = tidy_layer(net.layers{i}, i);
end

if ~isfield(net, 'meta')
  net.meta = struct();
end
moved = {'normalization', 'classes'};
for k = 1:numel(moved)
  if isfield(net, moved{k})
    if ~isfield(net.meta, moved{k})
      net.meta.(moved{k}) = net.(moved{k});
    end
    net = rmfield(net, moved{k});
  end
end
end
