function text = describe_value(value)
%DESCRIBE_VALUE An argument as an error message shows it.
%   TEXT = DESCRIBE_VALUE(VALUE) is the value if it is text or a few numbers,
%   its size and class otherwise.

if ischar(value) && size(value, 1) <= 1
  text = ['''' value ''''];
elseif (isnumeric(value) || islogical(value)) && ismatrix(value) && numel(value) <= 8
  text = mat2str(value);
  if ~isa(value, 'double')
    text = [text ' of class ' class(value)];
  end
else
  text = ['a ' strrep(num2str(size(value)), '  ', ' x ') ' ' class(value)];
end
end
