function json = np_encode_json(value, lists)
%NP_ENCODE_JSON Encode a value as JSON, distinguishing lists, numbers and null.
%   JSON = NP_ENCODE_JSON(VALUE, LISTS). It replaces jsonencode, which writes a
%   list of one number as a bare number and does not accept single in Octave.
%
%   struct, containers.Map   object; the keys of a Map need not be field names
%   cell                     list
%   char                     string
%   logical scalar           true, false
%   number                   number; NaN and Inf are null
%   []                       null
%   array of numbers         list
%
%   LISTS is a cell of keys (default {}) under which a number, a structure or []
%   is always written as a list.

if nargin < 2
  lists = {};
end
if isa(value, 'containers.Map')
  json = np_encode_object(keys(value), values(value), lists);
elseif isstruct(value) && (isscalar(value) || isempty(fieldnames(value)))
  json = np_encode_object(fieldnames(value), struct2cell(value(:)), lists);
elseif isstruct(value)
  json = np_encode_json(num2cell(value(:)'), lists);
elseif iscell(value)
  items = cellfun(@(item) np_encode_json(item, lists), value(:)', ...
    'UniformOutput', false);
  json = ['[' strjoin(items, ', ') ']'];
elseif ischar(value)
  json = np_quote_json(reshape(value, 1, []));
elseif isempty(value)
  json = 'null';
elseif ~isscalar(value)
  json = np_encode_json(num2cell(value), lists);
else
  json = np_encode_scalar(value);
end
end
