% SIMPLENN What a user writes to time VGG16: simplenn.m WEIGHTS INPUT REPEATS MATLAB_FOLDER

given = argv();
addpath(fullfile(given{4}, 'matconvnet_compat'), fullfile(given{4}, 'support'));
net = vl_simplenn_tidy(load(given{1}));
net.layers = net.layers(1:35);
[net.layers{33}.precious, net.layers{35}.precious] = deal(true);
x = permute(np_read_npy(given{2}), [2 3 4 1]);
for k = 1:2 + str2double(given{3})
  started = tic();
  res = vl_simplenn(net, x, [], [], 'Mode', 'test', 'ConserveMemory', true);
  printf('%.9g\n', toc(started));
end
