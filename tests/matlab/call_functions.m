% CALL_FUNCTIONS Call functions listed in a file and save what they return.
%   octave-cli ... call_functions.m MATLAB_FOLDER CASES RESULTS
%
%   CASES holds a cell `cases` of cells {FUNCTION, ARGUMENT, ...}. RESULTS gets
%   the cells `values` and `messages`, a message being that of an error or ''.

given = argv();
addpath(given{1}, fullfile(given{1}, 'support'), fullfile(given{1}, 'matconvnet_compat'), ...
        fileparts(mfilename('fullpath')));
load(given{2}, 'cases');
values = cell(1, numel(cases));
messages = cell(1, numel(cases));
for k = 1:numel(cases)
  messages{k} = '';
  try
    values{k} = feval(cases{k}{:});
  catch failure
    messages{k} = failure.message;
  end
end
save('-v7', given{3}, 'values', 'messages');
