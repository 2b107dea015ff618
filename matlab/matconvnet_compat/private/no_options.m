function no_options(caller, args)
%NO_OPTIONS Reject arguments after the data.
%   NO_OPTIONS(CALLER, ARGS) ignores an empty derivative.

args = check_forward(caller, args);
if ~isempty(args)
  error([caller ':options'], '%s takes no options, but got %s.', caller, ...
    describe_value(args{1}));
end
end
