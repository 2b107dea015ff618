function values = check_channels(caller, name, x, values, count)
%CHECK_CHANNELS Reject parameters that do not fit the channels of the data.
%   V = CHECK_CHANNELS(CALLER, NAME, X, V, COUNT) raises CALLER:NAME unless V has
%   COUNT elements of the class of X.

if ~is_real_float(values) || ~isa(values, class(x)) || numel(values) ~= count
  error([caller ':' name], ['%s: expected %d real %s of class %s for the %d ' ...
    'channels of the data; there are %d of class %s.'], caller, count, name, ...
    class(x), size(x, 3), numel(values), class(values));
end
end
