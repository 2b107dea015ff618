function res = vl_simplenn(net, x, dzdy, res, varargin)
%VL_SIMPLENN Evaluate a chain of layers.
%   RES = VL_SIMPLENN(NET, X) applies the layers of the SimpleNN network NET
%   to X, H x W x C x N, one after another. RES is a 1 x (L + 1) structure
%   array for L layers:
%
%   `x`::     RES(i + 1).x is the output of layer i, RES(1).x is X
%   `aux`::   the layer's second output, such as a dropout mask
%   `time`::  RES(i).time is the time of layer i in seconds, including layers
%             that were merged into it
%
%   RES = VL_SIMPLENN(NET, X, [], RES) does the same; the RES of an earlier call
%   is overwritten. A DZDY asks for derivatives, which is an error.
%
%   Options (names are not case-sensitive):
%
%   `Mode` ['normal']::          'test' switches dropout off
%   `ConserveMemory` [false]::   keep only the last output and those of layers
%                                whose field `precious` is true
%
%   Options for GPUs and derivatives are ignored. The supported layers are those
%   that VL_SIMPLENN_TIDY lists, which fills in missing fields of NET, and
%
%   `softmax`, `sigmoid`::  without fields
%   `custom`::  RES(i + 1) = layer.forward(layer, RES(i), RES(i + 1))
%
%   If ConserveMemory drops the outputs between them, a convolution, the ReLU
%   after it and the maximum pooling after that are merged into one step, with
%   the same result.

if nargin >= 3 && ~isempty(dzdy)
  refuse_derivatives('vl_simplenn');
end
opts = check_simplenn(net, varargin);
net = vl_simplenn_tidy(net);

count = numel(net.layers);
res = repmat(struct('x', [], 'dzdx', [], 'dzdw', [], 'aux', [], ...
  'stats', [], 'time', 0, 'backwardTime', 0), 1, count + 1);
res(1).x = x;
clear('x');
i = 1;
while i <= count
  started = tic();
  last = i;
  if opts.conservememory
    last = last_merged(net.layers, i);
  end
  if strcmp(net.layers{i}.type, 'custom')
    res(i + 1) = net.layers{i}.forward(net.layers{i}, res(i), res(i + 1));
  else
    [res(last + 1).x, res(last + 1).aux] = ...
      apply_layers(net.layers(i:last), res(i).x, opts.test);
  end
  kept = i > 1 && net.layers{i - 1}.precious;
  if opts.conservememory && ~kept
    res(i).x = [];
  end
  res(i).time = toc(started);
  i = last + 1;
end
end
