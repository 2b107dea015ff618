function json = np_encode_object(names, members, lists)
%NP_ENCODE_OBJECT Encode names and values as a JSON object.
%   JSON = NP_ENCODE_OBJECT(NAMES, MEMBERS, LISTS) takes two cells of the same
%   length. Numbers and structures under a name in LISTS are written as a list:
%   one number as [2.5], none as [].

parts = cell(1, numel(names));
for k = 1:numel(names)
  member = members{k};
  if (isnumeric(member) || isstruct(member)) && any(strcmp(names{k}, lists))
    member = num2cell(reshape(member, 1, []));
  end
  parts{k} = [np_quote_json(names{k}) ': ' np_encode_json(member, lists)];
end
json = ['{' strjoin(parts, ', ') '}'];
end
