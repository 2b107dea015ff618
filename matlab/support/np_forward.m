function res = np_forward(net, x)
%NP_FORWARD One forward pass; this is what is timed.
%   RES = NP_FORWARD(NET, X) keeps only the outputs of `precious` layers.

res = vl_simplenn(net, x, [], [], 'conserveMemory', true, 'mode', 'test');
end
