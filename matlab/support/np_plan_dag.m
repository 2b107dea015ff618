function net = np_plan_dag(net, wanted)
%NP_PLAN_DAG Prepare a DagNN network for NP_RUN_DAG.
%   NET = NP_PLAN_DAG(NET, WANTED) takes the structure in a DagNN file and the
%   names of the variables that are needed. The returned NET has the fields
%
%   `meta`::    of the file
%   `vars`::    names of the variables, 1 x V cell
%   `source`::  number of the variable that is the network's input
%   `wanted`::  numbers of the variables in WANTED
%   `steps`::   1 x L structure of the layers that are needed, in an order in
%               which they can be computed: name, type, block, inputs and output
%               (numbers of variables), params (cell of arrays) and free, the
%               variables that no later step reads

layers = reshape(net.layers, 1, []);
made = np_dag_outputs(layers);
needed = false(1, numel(layers));
waiting = wanted;
while ~isempty(waiting)
  [producer, waiting] = deal(find(strcmp(made, waiting{1})), waiting(2:end));
  if ~isempty(producer) && ~needed(producer)
    needed(producer) = true;
    waiting = [waiting, reshape(cellstr(layers(producer).inputs), 1, [])];
  end
end
layers = layers(needed);
made = made(needed);
read = {};
for k = 1:numel(layers)
  layers(k).inputs = reshape(cellstr(layers(k).inputs), 1, []);
  read = [read, layers(k).inputs];
end
source = setdiff(read, made);
unknown = setdiff(wanted, [made source]);
if ~isempty(unknown)
  error('netparity:layer', ['The network has no variable called ''%s''. Its ' ...
    'variables are: %s.'], unknown{1}, strjoin(np_dag_outputs(net.layers), ', '));
end
if numel(source) ~= 1
  error('netparity:network', ['The network needs %d inputs (%s); netparity gives ' ...
    'it one image.'], numel(source), strjoin(source, ', '));
end

plan.meta = np_field(net, 'meta', struct());
plan.vars = [source made];
plan.source = 1;
plan.wanted = cellfun(@(name) find(strcmp(plan.vars, name)), wanted);
plan.steps = np_dag_steps(layers, made, plan, np_field(net, 'params', []));
net = plan;
end
