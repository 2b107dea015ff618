function values = np_dag_params(layer, params)
%NP_DAG_PARAMS The parameters of a layer of a DagNN network, as a 1 x P cell.

names = {};
if ~isempty(np_field(layer, 'params', []))
  names = reshape(cellstr(layer.params), 1, []);
end
values = cell(1, numel(names));
for k = 1:numel(names)
  match = [];
  if isstruct(params)
    match = find(strcmp(names{k}, {params.name}));
  end
  if numel(match) ~= 1
    error('netparity:network', ['layer %s: the file has %d parameters called ' ...
      '''%s'', expected 1'], layer.name, numel(match), names{k});
  end
  values{k} = params(match).value;
end
end
