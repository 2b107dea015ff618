function res = vl_simplenn(net, x, dzdy, res, varargin)
%VL_SIMPLENN Evaluate a chain of layers.
%   RES = VL_SIMPLENN(NET, X) applies the layers of the SimpleNN network NET
%   to X, H x W x C x N, one after another. RES is a 1 x (L + 1) structure
%   array for L layers:
%
%   `x`::     RES(i + 1).x is the output of layer i, RES(1).x is X
%   `aux`::   what else the layer returned, such as a dropout mask
%   `time`::  RES(i).time is what layer i took, in seconds
%
%   RES = VL_SIMPLENN(NET, X, [], []) is the same. DZDY asks for derivatives
%   and is refused. A RES from an earlier call is overwritten.
%
%   Options, names in any case:
%
%   `Mode` ['normal']::          'test' makes dropout layers do nothing
%   `ConserveMemory` [false]::   keep the last output only, and those of
%                                layers with the field `precious` true
%
%   Options about GPUs and derivatives are taken and ignored. The layers are
%   those that VL_SIMPLENN_TIDY lists.

if nargin >= 3 && ~isempty(dzdy)
  error('vl_simplenn:backward', ['vl_simplenn computes the forward pass ' ...
    'only; install MatConvNet for derivatives.']);
end
opts = struct('mode', 'normal', 'conserveMemory', false, 'res', [], ...
  'sync', [], 'disableDropout', false, 'cudnn', [], 'skipForward', false, ...
  'backPropDepth', [], 'accumulate', [], 'parameterServer', [], 'holdOn', []);
opts = vl_argparse(opts, varargin);
if ~any(strcmpi(opts.mode, {'normal', 'test'})) || opts.skipForward
  error('vl_simplenn:options', ['vl_simplenn: the mode is ''normal'' or ' ...
    '''test'', and the forward pass cannot be skipped.']);
end
test_mode = strcmpi(opts.mode, 'test') || opts.disableDropout;

count = numel(net.layers);
res = repmat(struct('x', [], 'dzdx', [], 'dzdw', [], 'aux', [], ...
  'stats', [], 'time', 0, 'backwardTime', 0), 1, count + 1);
res(1).x = x;
clear('x');
for i = 1:count
  started = tic();
  [res(i + 1).x, res(i + 1).aux] = apply_layer(net.layers{i}, res(i).x, test_mode);
  kept = i > 1 && net.layers{i - 1}.precious;
  if opts.conserveMemory && ~kept
    res(i).x = [];
  end
  res(i).time = toc(started);
end
end
