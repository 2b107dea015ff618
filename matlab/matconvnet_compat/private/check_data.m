function check_data(caller, x)
%CHECK_DATA Reject data that is not H x W x C x N single or double.
%   CHECK_DATA(CALLER, X) raises CALLER:data.

if ~is_real_float(x) || ndims(x) > 4 || isempty(x)
  kind = class(x);
  if isnumeric(x) && ~isreal(x)
    kind = ['complex ' kind];
  end
  error([caller ':data'], ['%s: the data must be a non-empty, real ' ...
    'H x W x C x N array of class single or double, not %s of size [%s].'], ...
    caller, kind, num2str(size(x)));
end
end
