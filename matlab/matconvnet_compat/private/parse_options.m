function opts = parse_options(caller, opts, args, ignored)
%PARSE_OPTIONS Options of one of MatConvNet's functions.
%   OPTS = PARSE_OPTIONS(CALLER, OPTS, ARGS, IGNORED) fills the structure OPTS,
%   which holds the defaults and tells which options CALLER has. The names in
%   ARGS may be in any case. IGNORED are names that stand alone and do nothing
%   here. A number in the place of the first name asks for derivatives.

if ~isempty(args) && isnumeric(args{1})
  error([caller ':backward'], ['%s computes the forward pass only; ' ...
    'install MatConvNet for derivatives.'], caller);
end
k = 1;
while k <= numel(args)
  given = args{k};
  if ~ischar(given)
    error([caller ':options'], '%s: an option has a name, which is no %s.', ...
      caller, describe_value(given));
  end
  name = lower(given);
  alone = any(strcmp(name, ignored));
  if ~alone && ~isfield(opts, name)
    error([caller ':options'], '%s has no option ''%s''.', caller, given);
  end
  if ~alone && k == numel(args)
    error([caller ':options'], '%s: the option ''%s'' has no value.', caller, given);
  end
  if ~alone
    opts.(name) = args{k + 1};
  end
  k = k + 2 - alone;
end
end
