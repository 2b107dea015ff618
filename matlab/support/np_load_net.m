function net = np_load_net(file, wanted)
%NP_LOAD_NET Load a network, cut after the last output that is needed.
%   NET = NP_LOAD_NET(FILE, WANTED). WANTED is a cell of names: of layers in a
%   SimpleNN file, of variables in a DagNN file, whose `layers` is a structure.
%
%   NET.asked is WANTED. In SimpleNN these layers become `precious`, so that
%   VL_SIMPLENN keeps their outputs when it conserves memory, and all layers after
%   the last of them are dropped. A loss at the end becomes the softmax that it
%   contains.
%
%   NP_PLAN_DAG says what NET is otherwise.

asked = wanted;
wanted = np_split_order(wanted);
net = np_load_mat(file);
if isstruct(net.layers)
  net = np_plan_dag(net, wanted);
  net.asked = asked;
  return
end
if any(strcmp(np_field(net.layers{end}, 'type', ''), {'softmaxloss', 'loss'}))
  net.layers{end}.type = 'softmax';
end
net = vl_simplenn_tidy(net);
positions = np_layer_positions(net, wanted);
net.layers = net.layers(1:max(positions));
for k = positions
  net.layers{k}.precious = true;
end
net.asked = asked;
end
