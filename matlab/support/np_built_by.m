function text = np_built_by(net)
%NP_BUILT_BY Who built the network that NP_LOAD_NET returned, in words.

if np_is_dag(net)
  text = 'netparity''s loop over vl_nn* functions, from a MatConvNet file';
else
  text = 'vl_simplenn, from a MatConvNet file';
end
end
