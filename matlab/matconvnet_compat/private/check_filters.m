function groups = check_filters(x, f, b)
%CHECK_FILTERS Reject filters and biases that do not fit the data.
%   G = CHECK_FILTERS(X, F, B) returns the number of filter groups.

groups = 1;
filters = size(x, 3);
if ~isempty(f)
  if ~is_real_float(f) || ~isa(f, class(x)) || ndims(f) > 4
    error('vl_nnconv:filters', ['vl_nnconv: the filters must be real, FH x ' ...
      'FW x FC x K, of the class of the data, %s, not %s of size [%s].'], ...
      class(x), class(f), num2str(size(f)));
  end
  groups = size(x, 3) / size(f, 3);
  filters = size(f, 4);
  if groups ~= round(groups)
    error('vl_nnconv:filters', ['vl_nnconv: the filters have %d channels, ' ...
      'which do not divide the %d channels of the data.'], size(f, 3), size(x, 3));
  end
  if mod(filters, groups) ~= 0
    error('vl_nnconv:filters', ['vl_nnconv: %d filters cannot form %d ' ...
      'groups.'], filters, groups);
  end
end
if ~isempty(b) && (~is_real_float(b) || ~isa(b, class(x)) || numel(b) ~= filters)
  error('vl_nnconv:biases', ['vl_nnconv: expected %d real biases of ' ...
    'class %s, or none; there are %d of class %s.'], filters, class(x), ...
    numel(b), class(b));
end
end
