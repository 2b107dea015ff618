function json = encode_map(names, values)
%ENCODE_MAP JSON of a containers.Map.

json = np_encode_json(containers.Map(names, values));
end
