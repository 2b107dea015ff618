function np_write_result(folder, result)
%NP_WRITE_RESULT Write result.json, replacing an earlier one atomically.
%   NP_WRITE_RESULT(FOLDER, RESULT). Phases and shapes are always written as
%   lists, even with one entry; elsewhere [] is null.

lists = {'shape', 'startup', 'load', 'preprocess', 'predict_first', 'predict'};
json = [np_encode_json(result, lists) sprintf('\n')];
np_replace_file(fullfile(folder, 'result.json'), ...
  unicode2native(json, 'UTF-8'));
end
