function json = np_encode_scalar(value)
%NP_ENCODE_SCALAR Encode one number or logical as JSON.
%   A number has as many digits as are needed to read back the same double.
%   NaN and Inf, which JSON does not have, become null.

if islogical(value)
  words = {'false', 'true'};
  json = words{value + 1};
elseif ~isfinite(value)
  json = 'null';
else
  value = double(value);
  json = sprintf('%.15g', value);
  if str2double(json) ~= value
    json = sprintf('%.17g', value);
  end
end
end
