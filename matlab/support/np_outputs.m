function maps = np_outputs(net, res, wanted)
%NP_OUTPUTS Outputs of a network by their names.
%   MAPS = NP_OUTPUTS(NET, RES, WANTED) is a cell with one H x W x C x N array for
%   each name in the cell WANTED; RES is what NP_FORWARD returned. The axes are in
%   the order that NP_SPLIT_ORDER reads from the name.

[wanted, orders] = np_split_order(wanted);
if np_is_dag(net)
  [~, numbers] = ismember(wanted, net.vars);
  maps = res(numbers);
else
  positions = np_layer_positions(net, wanted);
  maps = {res(positions + 1).x};
end
for k = 1:numel(maps)
  if ~isequal(orders(k, :), [1 2 3])
    maps{k} = permute(maps{k}, [orders(k, :) 4]);
  end
end
end
