function res = np_forward(net, x)
%NP_FORWARD One forward pass; this is what is timed.
%   RES = NP_FORWARD(NET, X) keeps only the outputs that NP_LOAD_NET was asked for;
%   NP_OUTPUTS reads them from RES.

if np_is_dag(net)
  res = np_run_dag(net, x);
else
  res = vl_simplenn(net, x, [], [], 'conserveMemory', true, 'mode', 'test');
end
end
