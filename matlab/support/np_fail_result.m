function result = np_fail_result(result, failure)
%NP_FAIL_RESULT Mark a result as failed.
%   RESULT = NP_FAIL_RESULT(RESULT, FAILURE); FAILURE is what `catch` caught.
%   Timings and features are dropped, because incomplete ones could be mistaken
%   for complete ones.

lines = cell(1, numel(failure.stack));
for k = 1:numel(lines)
  place = failure.stack(k);
  lines{k} = sprintf('%s, line %d', place.name, place.line);
end
kind = failure.identifier;
if isempty(kind)
  kind = 'error';
end

result.status = 'failed';
result.error = struct('kind', kind, 'message', failure.message, ...
  'where', strjoin(lines, sprintf('\n')));
result.phases = struct();
result.usage = struct();
result.features = struct();
result.native_input = [];
end
