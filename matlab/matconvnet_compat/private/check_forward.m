function args = check_forward(caller, args)
%CHECK_FORWARD Refuse a call that asks for derivatives.
%   ARGS = CHECK_FORWARD(CALLER, ARGS) takes the arguments from the derivative
%   on, if there is one, and returns those after it. An empty derivative is
%   taken as none; any other raises CALLER:backward.

if ~isempty(args) && isnumeric(args{1})
  if ~isempty(args{1})
    error([caller ':backward'], ['%s computes the forward pass only; ' ...
      'install MatConvNet for derivatives.'], caller);
  end
  args(1) = [];
end
end
