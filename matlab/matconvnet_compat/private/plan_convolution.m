function plan = plan_convolution(x, f, b, args)
%PLAN_CONVOLUTION Check the arguments of a convolution and plan it.
%   PLAN = PLAN_CONVOLUTION(X, F, B, ARGS) takes VL_NNCONV's arguments, with the
%   options in ARGS, and returns a structure:
%
%   `pad`::     [TOP BOTTOM LEFT RIGHT]
%   `stride`::  [SY SX]
%   `dilate`::  [DY DX]
%   `groups`::  number of filter groups
%   `out`::     [YH YW], size of the output
%   `pool`::    [1 1], and
%   `rectify`:: false, see PLAN_MERGED

defaults = struct('pad', 0, 'stride', 1, 'dilate', 1);
plan = parse_geometry('vl_nnconv', defaults, args);
check_data('vl_nnconv', x);
plan.groups = check_filters(x, f, b);

padded = [size(x, 1) size(x, 2)] + plan.pad([1 3]) + plan.pad([2 4]);
extent = [1 1];
if ~isempty(f)
  extent = plan.dilate .* ([size(f, 1) size(f, 2)] - 1) + 1;
end
plan.out = floor((padded - extent) ./ plan.stride) + 1;
if any(extent > padded)
  error('vl_nnconv:size', ['vl_nnconv: a filter of %d x %d does not fit ' ...
    'into the padded image of %d x %d.'], extent, padded);
end
plan.pool = [1 1];
plan.rectify = false;
end
