function plan = plan_pooling(image, pool, args)
%PLAN_POOLING Check the arguments of a pooling and plan it.
%   PLAN = PLAN_POOLING([H W], POOL, ARGS) takes the size of the image and
%   VL_NNPOOL's arguments, with the options in ARGS, and returns a structure:
%
%   `window`::  [PH PW]
%   `stride`::  [SY SX]
%   `pad`::     [TOP BOTTOM LEFT RIGHT], as far as the windows reach
%   `method`::  'max' or 'avg'

defaults = struct('pad', 0, 'stride', 1, 'method', 'max');
plan = parse_geometry('vl_nnpool', defaults, args);
plan.window = whole_numbers('vl_nnpool', 'pool', pool, 2, 1);
padded = image + plan.pad([1 3]) + plan.pad([2 4]);
if any(plan.pad >= plan.window([1 1 2 2])) || any(padded < plan.window)
  error('vl_nnpool:size', ['vl_nnpool: the window, [%s], must be larger ' ...
    'than the padding, [%s], and no larger than the padded image, [%s].'], ...
    num2str(plan.window), num2str(plan.pad), num2str(padded));
end
if ~ischar(plan.method) || ~any(strcmpi(plan.method, {'max', 'avg'}))
  error('vl_nnpool:method', ['vl_nnpool: the method must be ''max'' or ' ...
    '''avg'', not %s.'], describe_value(plan.method));
end
plan.method = lower(plan.method);
reach = floor((padded - plan.window) ./ plan.stride) .* plan.stride + plan.window;
plan.pad([2 4]) = max(0, reach - image - plan.pad([1 3]));
end
