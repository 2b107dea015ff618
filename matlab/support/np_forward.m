function res = np_forward(net, x)
%NP_FORWARD One forward pass, as it is timed.
%   RES = NP_FORWARD(NET, X) keeps the outputs of `precious` layers only.

res = vl_simplenn(net, x, [], [], 'conserveMemory', true, 'mode', 'test');
end
