function positions = np_layer_positions(net, wanted)
%NP_LAYER_POSITIONS Find layers by their names in the file.
%   P = NP_LAYER_POSITIONS(NET, WANTED) is a 1 x M row of indices for a cell of M
%   names.

names = cellfun(@(layer) np_field(layer, 'name', ''), net.layers(:)', 'UniformOutput', false);
positions = zeros(1, numel(wanted));
for k = 1:numel(wanted)
  match = find(strcmp(wanted{k}, names));
  if numel(match) ~= 1
    error('netparity:layer', ['The network has %d layers called ''%s'', ' ...
      'expected 1. Its layers are: %s.'], numel(match), wanted{k}, ...
      strjoin(names, ', '));
  end
  positions(k) = match;
end
end
