function net = np_load_net(file, wanted)
%NP_LOAD_NET Load a network and prepare it for some of its layers.
%   NET = NP_LOAD_NET(FILE, WANTED) drops the layers behind the last of those
%   in the cell WANTED, and marks these `precious`, so that VL_SIMPLENN
%   keeps their output while it conserves memory elsewhere.

net = vl_simplenn_tidy(np_load_mat(file));
positions = np_layer_positions(net, wanted);
net.layers = net.layers(1:max(positions));
for k = positions
  net.layers{k}.precious = true;
end
end
