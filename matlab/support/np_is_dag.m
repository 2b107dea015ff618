function yes = np_is_dag(net)
%NP_IS_DAG Whether NP_LOAD_NET returned a DagNN network, else it is SimpleNN.

yes = isfield(net, 'steps');
end
