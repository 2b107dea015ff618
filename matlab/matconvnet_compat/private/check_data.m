function check_data(caller, x)
%CHECK_DATA Refuse data that is not H x W x C x N single or double.
%   CHECK_DATA(CALLER, X) raises CALLER:data.

if ~any(strcmp(class(x), {'single', 'double'})) || ~isreal(x) || ndims(x) > 4
  error([caller ':data'], ['%s: the data must be a real H x W x C x N ' ...
    'array of class single or double, not %s of size [%s].'], ...
    caller, class(x), num2str(size(x)));
end
end
