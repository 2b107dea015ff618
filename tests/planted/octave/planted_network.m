function [layers, exported] = planted_network(net, plan)
%PLANTED_NETWORK A network's layers with mistakes in and between them.
%   [LAYERS, EXPORTED] = PLANTED_NETWORK(NET, PLAN). LAYERS{EXPORTED(i)} is
%   the layer whose output is taken for that of NET's layer i. A layer with
%   the field `planted` is no layer of MatConvNet but a function handle. The
%   result is kept for the next call; PLANTED_NETWORK() forgets it.

persistent kept_layers kept_exported
if nargin == 0
  kept_layers = [];
  return
end
if isempty(kept_layers)
  [kept_layers, kept_exported] = plant_all(net, plan);
end
layers = kept_layers;
exported = kept_exported;
end

function [layers, exported] = plant_all(net, plan)
names = cellfun(@(layer) layer.name, net.layers, 'UniformOutput', false);
layers = {};
% What an exporter that is off by one takes, and what is exported in the end.
right = zeros(1, numel(names));
exported = right;
dense_yet = false;
for i = 1:numel(names)
  layer = net.layers{i};
  % A convolution's mistakes stand under the name of the activation behind it.
  if strcmp(layer.type, 'conv') && i < numel(names)
    added = planted_product(layer, names{i + 1}, plan, ~dense_yet);
    dense_yet = dense_yet || ~any(layer.pad);
  elseif strcmp(layer.type, 'conv')
    added = {layer};
  elseif strcmp(layer.type, 'pool')
    added = {planted_pool(layer, names{i}, plan)};
  else
    added = planted_activation(layer, names{i}, plan);
  end
  before = numel(layers);
  layers = [layers added]; %#ok<AGROW>
  right(i) = numel(layers);
  exported(i) = right(i);
  if planted_has(plan, 'before-relu', names{i})
    exported(i) = before;
  end
  if planted_has(plan, 'dropout', names{i})
    mask = np_read_npy(fullfile(plan.folder, ['mask-' names{i} '.npy']));
    layers{end + 1} = struct('planted', @(x) masked(x, mask)); %#ok<AGROW>
  end
end
for i = 1:numel(names)
  if planted_has(plan, 'off-by-one', names{i})
    following = i + 1;
    if strcmp(net.layers{following}.type, 'conv')
      following = i + 2;
    end
    exported(i) = right(following);
  end
end
for k = 1:numel(layers)
  layers{k}.precious = true;
end
end

function y = masked(x, mask)
% MASK is N x K, X 1 x 1 x K x N.
y = x .* reshape(mask(1:size(x, 4), :)', size(x));
end
