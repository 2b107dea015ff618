% SERVE_ENGINE_CALLS Carry out the calls that come as files.
%   STANDIN_FOLDER=FOLDER octave-cli --interactive ...
%
%   FOLDER/request-TIME.json is a JSON object: `name`, `arguments`, `nargout` and
%   `answer`, the file for what the call returns or raises; a call whose answer
%   is there already has been cancelled. ANSWER.begun says that a call is at
%   work. The name `quit` ends it. FOLDER/pid is written once it listens.
%
%   An interrupt ends this script, and not Octave: standard input names it again.

PS1('');
crash_dumps_octave_core(false);
if ~exist('folder', 'var')
  folder = getenv('STANDIN_FOLDER');
  threads = 8;
  at_work = '';
  fid = fopen(fullfile(folder, 'pid.tmp'), 'w');
  fprintf(fid, '%d', getpid());
  fclose(fid);
  rename(fullfile(folder, 'pid.tmp'), fullfile(folder, 'pid'));
end
if ~isempty(at_work) && ~exist(at_work, 'file')
  fid = fopen([at_work '.tmp'], 'w');
  fputs(fid, '{"error": {"identifier": "standin:interrupted", "message": "interrupted"}}');
  fclose(fid);
  rename([at_work '.tmp'], at_work);
end
while true
  at_work = '';
  found = sort(readdir(folder));
  found = found(strncmp(found, 'request-', 8));
  if isempty(found)
    pause(0.02);
    continue
  end
  found = fullfile(folder, found{1});
  request = jsondecode(fileread(found), 'makeValidName', false);
  delete(found);
  if strcmp(request.name, 'quit')
    exit(0);
  end
  if exist(request.answer, 'file')
    continue
  end
  at_work = request.answer;
  fclose(fopen([at_work '.begun'], 'w'));
  given = request.arguments;
  if isempty(given)
    given = {};
  elseif ~iscell(given)
    given = num2cell(given);
  end
  name = request.name;
  if strcmp(name, 'feval')
    name = given{1};
    given = given(2:end);
  end
  answer = struct('error', [], 'values', []);
  values = cell(1, request.nargout);
  try
    if strcmp(name, 'feature')
      values = {getpid()};  % MATLAB's own, which Octave does not have
    elseif strcmp(name, 'maxNumCompThreads')
      values = {threads};
      if ~isempty(given)
        threads = given{1};
      end
    elseif strcmp(name, 'lasterr')
      values = {last.message, last.identifier};
    elseif request.nargout == 0
      feval(name, given{:});
    else
      [values{:}] = feval(name, given{:});
    end
    answer.values = values;
  catch failure
    stack = failure.stack;
    places = cell(1, numel(stack));
    for k = 1:numel(stack)
      places{k} = struct('file', stack(k).file, 'line', stack(k).line, 'name', stack(k).name);
    end
    last = struct('message', failure.message, 'identifier', failure.identifier);
    answer.error = last;
    answer.error.stack = places;
  end
  fflush(stdout);
  fflush(stderr);
  fid = fopen([at_work '.tmp'], 'w');
  fputs(fid, jsonencode(answer));
  fclose(fid);
  rename([at_work '.tmp'], at_work);
end
