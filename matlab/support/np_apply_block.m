function y = np_apply_block(step, inputs)
%NP_APPLY_BLOCK The output of one block of a DagNN network in test mode.
%   Y = NP_APPLY_BLOCK(STEP, INPUTS). STEP is one of NP_PLAN_DAG's, INPUTS a cell
%   of arrays. The blocks' defaults are those of MatConvNet's classes.

block = step.block;
params = step.params;
opts = np_field(block, 'opts', {});
if ~iscell(opts)
  opts = {};
end
x = inputs{1};
switch regexprep(step.type, '^dagnn\.', '')
  case 'Conv'
    params(end + 1:2) = {[]};
    y = vl_nnconv(x, params{1:2}, 'pad', np_field(block, 'pad', 0), 'stride', ...
      np_field(block, 'stride', 1), 'dilate', np_field(block, 'dilate', 1), opts{:});
  case 'ConvTranspose'
    params(end + 1:2) = {[]};
    y = vl_nnconvt(x, params{1:2}, 'upsample', np_field(block, 'upsample', 1), 'crop', ...
      np_field(block, 'crop', 0), 'numGroups', np_field(block, 'numGroups', 1), opts{:});
  case 'Pooling'
    y = vl_nnpool(x, np_field(block, 'poolSize', 1), 'pad', np_field(block, 'pad', 0), ...
      'stride', np_field(block, 'stride', 1), 'method', ...
      np_field(block, 'method', 'max'), opts{:});
  case 'BatchNorm'
    y = vl_nnbnorm(x, params{1:2}, 'moments', params{3}, 'epsilon', ...
      np_field(block, 'epsilon', 1e-4), opts{:});
  case 'LRN'
    y = vl_nnnormalize(x, np_field(block, 'param', [5 1 0.0001 / 5 0.75]));
  case 'ReLU'
    y = vl_nnrelu(x, [], 'leak', np_field(block, 'leak', 0), opts{:});
  case 'Sigmoid'
    y = vl_nnsigmoid(x);
  case 'SoftMax'
    y = vl_nnsoftmax(x);
  case 'DropOut'
    y = x;
  case 'Sum'
    y = x;
    for k = 2:numel(inputs)
      y = y + inputs{k};
    end
  case 'Scale'
    factors = [inputs, params];
    y = factors{1} .* factors{2};
    if numel(factors) > 2
      y = y + factors{3};
    end
  case 'Concat'
    y = vl_nnconcat(inputs, np_field(block, 'dim', 3));
  case 'Crop'
    y = np_crop_like(x, inputs{2}, np_field(block, 'crop', [0 0]));
  otherwise
    error('netparity:network', ['layer %s is of type %s, which netparity''s loop ' ...
      'over vl_nn* functions does not have'], step.name, step.type);
end
end
