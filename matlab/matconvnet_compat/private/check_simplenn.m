function opts = check_simplenn(net, args)
%CHECK_SIMPLENN Check the network and the options of VL_SIMPLENN.
%   OPTS = CHECK_SIMPLENN(NET, ARGS) returns the options under their lower-case
%   names; OPTS.test is true if dropout is switched off.

if ~isstruct(net) || ~isscalar(net) || ~isfield(net, 'layers') || ~iscell(net.layers)
  error('vl_simplenn:net', ['vl_simplenn: %s without a cell ''layers'' is not ' ...
    'a SimpleNN network.'], describe_value(net));
end
opts = struct('mode', 'normal', 'conservememory', false, 'skipforward', false, ...
  'disabledropout', false, 'res', [], 'sync', [], 'cudnn', [], ...
  'backpropdepth', [], 'accumulate', [], 'parameterserver', [], 'holdon', []);
opts = parse_options('vl_simplenn', opts, args, {});
if ~ischar(opts.mode) || ~any(strcmpi(opts.mode, {'normal', 'test'}))
  error('vl_simplenn:mode', 'vl_simplenn: the mode must be ''normal'' or ''test'', not %s.', ...
    describe_value(opts.mode));
end
switches = {'conservememory', 'skipforward', 'disabledropout'};
for k = 1:numel(switches)
  value = opts.(switches{k});
  if ~(islogical(value) || isnumeric(value)) || ~isscalar(value)
    error('vl_simplenn:options', 'vl_simplenn: ''%s'' must be true or false, not %s.', ...
      switches{k}, describe_value(value));
  end
end
if opts.skipforward
  error('vl_simplenn:options', ['vl_simplenn: ''skipForward'' leaves nothing ' ...
    'to compute without derivatives.']);
end
opts.test = strcmpi(opts.mode, 'test') || opts.disabledropout;
end
