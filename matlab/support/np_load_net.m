function net = np_load_net(file, wanted)
%NP_LOAD_NET Load a network, cut after the last layer that is needed.
%   NET = NP_LOAD_NET(FILE, WANTED) marks the layers in the cell WANTED as
%   `precious`, so that VL_SIMPLENN keeps their outputs when it conserves
%   memory, and drops all layers after the last of them.

net = vl_simplenn_tidy(np_load_mat(file));
positions = np_layer_positions(net, wanted);
net.layers = net.layers(1:max(positions));
for k = positions
  net.layers{k}.precious = true;
end
end
