function text = np_blas()
%NP_BLAS The BLAS library in use, [] if it is unknown.

try
  text = strtrim(version('-blas'));
catch
  text = [];
end
if isempty(text) || ~isempty(strfind(lower(text), 'unknown'))
  text = [];
end
end
