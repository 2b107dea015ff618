function opts = parse_options(caller, opts, args, ignored)
%PARSE_OPTIONS Parse the options of one of MatConvNet's functions.
%   OPTS = PARSE_OPTIONS(CALLER, OPTS, ARGS, IGNORED) fills in the structure OPTS,
%   which holds the defaults of all options of CALLER. The names in ARGS are not
%   case-sensitive. IGNORED lists flags without a value that have no effect here.
%   A number instead of the first name asks for derivatives.

if ~isempty(args) && isnumeric(args{1})
  refuse_derivatives(caller);
end
k = 1;
while k <= numel(args)
  given = args{k};
  if ~ischar(given)
    error([caller ':options'], '%s: the name of an option must be text, not %s.', ...
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
