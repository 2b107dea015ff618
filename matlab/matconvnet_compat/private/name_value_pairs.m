function pairs = name_value_pairs(args)
%NAME_VALUE_PAIRS Options in one form.
%   PAIRS = NAME_VALUE_PAIRS(ARGS): ARGS is a structure, a cell in which each
%   option is a name and a value or a structure, or empty. PAIRS is
%   {NAME, VALUE, ...}.

if isstruct(args)
  args = {args};
elseif ~iscell(args) && ~isempty(args)
  error('vl_argparse:pairs', ['vl_argparse: options come in a cell or a ' ...
    'structure, not as %s.'], describe_value(args));
end
pairs = {};
k = 1;
while k <= numel(args)
  if isstruct(args{k}) && isscalar(args{k})
    pairs = [pairs, reshape([fieldnames(args{k}), struct2cell(args{k})]', 1, [])];
    k = k + 1;
  elseif ~ischar(args{k})
    error('vl_argparse:pairs', ['vl_argparse: an option has a name, which is ' ...
      'no %s.'], describe_value(args{k}));
  elseif k == numel(args)
    error('vl_argparse:pairs', 'vl_argparse: the option ''%s'' has no value.', args{k});
  else
    pairs = [pairs, {args{k}, args{k + 1}}];
    k = k + 2;
  end
end
end
