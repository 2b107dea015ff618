function plan = plan_transposed(x, f, b, args)
%PLAN_TRANSPOSED Check the arguments of a transposed convolution.
%   PLAN = PLAN_TRANSPOSED(X, F, B, ARGS) takes VL_NNCONVT's arguments, with the
%   options in ARGS, and returns a structure:
%
%   `upsample`::  [UY UX]
%   `crop`::      [TOP BOTTOM LEFT RIGHT]
%   `groups`::    number of filter groups

name = 'vl_nnconvt';
check_data(name, x);
flags = {'cudnn', 'nocudnn', 'verbose', 'noderdata', 'noderfilters', 'noderbiases'};
defaults = struct('upsample', 1, 'crop', 0, 'numgroups', 1, 'cudnnworkspacelimit', []);
opts = parse_options(name, defaults, check_forward(name, args), flags);
plan.upsample = whole_numbers(name, 'upsample', opts.upsample, 2, 1);
plan.crop = whole_numbers(name, 'crop', opts.crop, 4, 0);
plan.groups = whole_numbers(name, 'numgroups', opts.numgroups, 1, 1);

[fh, fw, k, channels] = size(f);
if ~is_real_float(f) || ~isa(f, class(x)) || ndims(f) > 4 || channels ~= size(x, 3)
  error('vl_nnconvt:filters', ['vl_nnconvt: the filters must be real, FH x FW x ' ...
    'K x %d, of the class of the data, %s, not %s of size [%s].'], size(x, 3), ...
    class(x), class(f), num2str(size(f)));
end
if mod(channels, plan.groups) ~= 0
  error('vl_nnconvt:filters', ['vl_nnconvt: the %d channels of the data cannot ' ...
    'form %d groups.'], channels, plan.groups);
end
if ~isempty(b)
  check_channels(name, 'biases', x, b, k * plan.groups);
end
out = plan.upsample .* ([size(x, 1) size(x, 2)] - 1) + [fh fw] - ...
  plan.crop([1 3]) - plan.crop([2 4]);
if any(out < 1)
  error('vl_nnconvt:size', 'vl_nnconvt: the crop, [%s], leaves no output.', ...
    num2str(plan.crop));
end
end
