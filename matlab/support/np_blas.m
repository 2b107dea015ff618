function text = np_blas()
%NP_BLAS The matrix library in use, or [] where it cannot be told.

try
  text = strtrim(version('-blas'));
catch
  text = [];
end
if isempty(text) || ~isempty(strfind(lower(text), 'unknown'))
  text = [];
end
end
