function value = np_field(container, name, default)
%NP_FIELD A field of a structure, or a default if it is missing or null.
%   VALUE = NP_FIELD(CONTAINER, NAME, DEFAULT). A JSON null is read as [],
%   so an empty numeric field counts as missing. CONTAINER itself may be [].

value = default;
if isstruct(container) && isfield(container, name)
  found = container.(name);
  if ~(isnumeric(found) && isempty(found))
    value = found;
  end
end
end
