function [names, orders] = np_split_order(names)
%NP_SPLIT_ORDER Outputs that are to be read in another order of axes.
%   [NAMES, ORDERS] = NP_SPLIT_ORDER(NAMES) takes names of layers or variables.
%   'flatten as C,H,W' is the map `flatten`, read with W fastest and C slowest:
%   MatConvNet does not flatten. ORDERS is M x 3, [3 1 2] in this case, and
%   [1 2 3] for other names.

orders = repmat([1 2 3], numel(names), 1);
for k = 1:numel(names)
  parts = regexp(names{k}, '^(.*) as ([HWC]),([HWC]),([HWC])$', 'tokens', 'once');
  if ~isempty(parts)
    names{k} = parts{1};
    [~, orders(k, :)] = ismember([parts{2:4}], 'HWC');
  end
end
end
