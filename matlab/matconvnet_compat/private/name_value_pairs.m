function pairs = name_value_pairs(args)
%NAME_VALUE_PAIRS Convert options to names and values.
%   PAIRS = NAME_VALUE_PAIRS(ARGS) returns {NAME, VALUE, ...}. ARGS is empty, a
%   structure, or a cell of names with values and of structures.

if isstruct(args)
  args = {args};
elseif ~iscell(args) && ~isempty(args)
  error('vl_argparse:pairs', ['vl_argparse: options must be a cell or a ' ...
    'structure, not %s.'], describe_value(args));
end
pairs = {};
k = 1;
while k <= numel(args)
  if isstruct(args{k}) && isscalar(args{k})
    pairs = [pairs, reshape([fieldnames(args{k}), struct2cell(args{k})]', 1, [])];
    k = k + 1;
  elseif ~ischar(args{k})
    error('vl_argparse:pairs', ['vl_argparse: the name of an option must be ' ...
      'text, not %s.'], describe_value(args{k}));
  elseif k == numel(args)
    error('vl_argparse:pairs', 'vl_argparse: the option ''%s'' has no value.', args{k});
  else
    pairs = [pairs, {args{k}, args{k + 1}}];
    k = k + 2;
  end
end
end
