function text = describe_value(value)
%DESCRIBE_VALUE Describe an argument in an error message.
%   TEXT = DESCRIBE_VALUE(VALUE) shows text and a few numbers as they are, other
%   values by their size and class.

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
