function check_forward(caller, args)
%CHECK_FORWARD Refuse a call that asks for derivatives.
%   CHECK_FORWARD(CALLER, ARGS) raises CALLER:backward if the first of ARGS
%   is a derivative, that is an array which is not empty.

if ~isempty(args) && isnumeric(args{1}) && ~isempty(args{1})
  error([caller ':backward'], ['%s computes the forward pass only; ' ...
    'install MatConvNet for derivatives.'], caller);
end
end
