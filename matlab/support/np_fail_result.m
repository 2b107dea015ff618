function result = np_fail_result(result, failure)
%NP_FAIL_RESULT Turn a result into that of a failed job.
%   RESULT = NP_FAIL_RESULT(RESULT, FAILURE), FAILURE as caught by `catch`.
%   Timings and features of a job that broke off are dropped: half of them
%   would look like a whole.

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
result.features = struct();
result.native_input = [];
end
