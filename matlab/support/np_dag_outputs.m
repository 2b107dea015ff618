function made = np_dag_outputs(layers)
%NP_DAG_OUTPUTS The variable that each layer of a DagNN network makes.
%   MADE = NP_DAG_OUTPUTS(LAYERS) is a 1 x L cell of names.

made = cell(1, numel(layers));
for k = 1:numel(layers)
  outputs = cellstr(layers(k).outputs);
  if numel(outputs) ~= 1
    error('netparity:network', 'layer %s makes %d variables; netparity knows blocks with one', ...
      layers(k).name, numel(outputs));
  end
  made{k} = outputs{1};
end
end
