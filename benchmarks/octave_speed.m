% OCTAVE_SPEED Time VGG16 to fc6 against the matrix products that it consists of.
%   octave-cli --norc --no-history --quiet octave_speed.m MATLAB WEIGHTS ROUNDS BATCH
%
%   MATLAB is the folder of that name, WEIGHTS a SimpleNN file. Prints lines of a
%   word and numbers: `memory` (what, bytes at most so far), `error` (relative L2
%   error at fc6 against the same functions in double precision) and, for each
%   round, `round` with seconds: a forward pass of one image, square products of
%   as many operations, products of each layer's shape, a pass of BATCH images.

1;

function print_peak_memory(what)
  file = fopen('/proc/self/status', 'r');
  status = fread(file, [1 Inf], '*char');
  fclose(file);
  peak = regexp(status, 'VmHWM:\s*(\d+) kB', 'tokens', 'once');
  fprintf('memory %s %.0f\n', what, 1024 * str2double(peak{1}));
end

function res = forward(net, x)
  res = vl_simplenn(net, x, [], [], 'conserveMemory', true, 'mode', 'test');
end

function shapes = product_shapes(net, x)
  % Rows, inner size and columns of each convolution as one matrix product.
  res = vl_simplenn(net, x, [], [], 'mode', 'test');
  shapes = zeros(0, 3);
  for i = 1:numel(net.layers)
    if strcmp(net.layers{i}.type, 'conv')
      [fh, fw, c, k] = size(net.layers{i}.weights{1});
      pixels = size(res(i + 1).x, 1) * size(res(i + 1).x, 2);
      shapes(end + 1, :) = [pixels, fh * fw * c, k];
    end
  end
end

function seconds = time_products(shapes)
  % The factors are made before the clock starts, once for equal shapes in a row.
  seconds = 0;
  for i = 1:size(shapes, 1)
    if i == 1 || any(shapes(i, :) ~= shapes(i - 1, :))
      a = ones(shapes(i, 1:2), 'single');
      b = ones(shapes(i, 2:3), 'single');
    end
    started = tic();
    c = a * b;
    seconds = seconds + toc(started);
  end
end

function seconds = time_forward(net, x)
  started = tic();
  res = forward(net, x);
  seconds = toc(started);
end

function net = in_double(net)
  for i = 1:numel(net.layers)
    if strcmp(net.layers{i}.type, 'conv')
      net.layers{i}.weights = cellfun(@double, net.layers{i}.weights, ...
        'UniformOutput', false);
    end
  end
end

given = argv();
addpath(fullfile(given{1}, 'matconvnet_compat'));
rounds = str2double(given{3});
net = vl_simplenn_tidy(load(given{2}));
last = find(cellfun(@(layer) strcmp(layer.name, 'relu6'), net.layers));
net.layers = net.layers(1:last);

rand('twister', 1);
x = single(255 * rand(224, 224, 3) - 120);
batch = single(255 * rand(224, 224, 3, str2double(given{4})) - 120);
print_peak_memory('loaded');
res = forward(net, x);
feature = double(res(end).x(:));
forward(net, x);
print_peak_memory('one');
forward(net, batch);
print_peak_memory('batch');

shapes = product_shapes(net, x);
squares = repmat(round(prod(shapes, 2).^(1 / 3)), 1, 3);
time_products(squares);
for k = 1:rounds
  one = time_forward(net, x);
  square = time_products(squares);
  layer = time_products(shapes);
  many = time_forward(net, batch);
  fprintf('round %.6f %.6f %.6f %.6f\n', one, square, layer, many);
end

res = forward(in_double(net), double(x));
wide = res(end).x(:);
fprintf('error %.3g\n', norm(feature - wide) / norm(wide));
