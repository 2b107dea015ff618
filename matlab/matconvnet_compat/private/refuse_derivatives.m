function refuse_derivatives(caller)
%REFUSE_DERIVATIVES Report a call that asks for derivatives.

error([caller ':backward'], ['%s computes the forward pass only; install ' ...
  'MatConvNet for derivatives.'], caller);
end
