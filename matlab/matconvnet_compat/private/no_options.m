function no_options(caller, args)
%NO_OPTIONS Refuse what stands after the data where nothing may.
%   NO_OPTIONS(CALLER, ARGS) takes an empty derivative as none.

args = check_forward(caller, args);
if ~isempty(args)
  error([caller ':options'], '%s takes no options; there is %s.', caller, ...
    describe_value(args{1}));
end
end
