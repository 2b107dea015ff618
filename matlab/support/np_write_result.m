function np_write_result(folder, result)
%NP_WRITE_RESULT Write result.json, replacing the one before at one stroke.
%   NP_WRITE_RESULT(FOLDER, RESULT). Every phase and every shape is a list
%   in the file, even of one number; [] elsewhere is null.

lists = {'shape', 'load', 'preprocess', 'predict_first', 'predict'};
json = [np_encode_json(result, lists) sprintf('\n')];
np_replace_file(fullfile(folder, 'result.json'), ...
  unicode2native(json, 'UTF-8'));
end
