function json = np_encode_scalar(value)
%NP_ENCODE_SCALAR One number or logical as JSON text.
%   A number is written with as many digits as are needed to read the same
%   double again. NaN and Inf, which JSON has not, are null.

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
