function args = check_forward(caller, args)
%CHECK_FORWARD Reject a call that asks for derivatives.
%   ARGS = CHECK_FORWARD(CALLER, ARGS) takes the arguments after the data. If the
%   first is an empty derivative, it is removed; any other derivative raises
%   CALLER:backward.

if ~isempty(args) && isnumeric(args{1})
  if ~isempty(args{1})
    refuse_derivatives(caller);
  end
  args(1) = [];
end
end
