function value = whole_numbers(caller, name, value, count, least)
%WHOLE_NUMBERS Check an option; repeat a scalar COUNT times.
%   V = WHOLE_NUMBERS(CALLER, NAME, V, COUNT, LEAST) returns a 1 x COUNT double
%   row of integers of at least LEAST.

if ~isnumeric(value) || ~isreal(value) || ~any(numel(value) == [1 count]) || ...
    any(value(:) < least) || any(value(:) ~= round(value(:))) || ...
    ~all(isfinite(value(:)))
  error([caller ':options'], ['%s: ''%s'' must be 1 or %d integers of at ' ...
    'least %d, not %s.'], caller, name, count, least, describe_value(value));
end
value = reshape(double(value), 1, []);
if isscalar(value)
  value = repmat(value, 1, count);
end
end
