% PLANTED_MAIN Run many jobs through EXTRACT_FEATURES, with mistakes in them.
%   octave-cli --norc --no-history --quiet planted_main.m MATLABFOLDER CASES.json
%
%   CASES.json lists job files; beside each lies a planted.json with the
%   mistakes. The functions below stand in for those of the same name in
%   matlab/support: a function defined in a script goes before a file. Handles
%   taken before they are defined still lead to the files.

1;
arguments = argv();
addpath(fileparts(mfilename('fullpath')));
addpath(arguments{1});
addpath(fullfile(arguments{1}, 'support'));
planted_real('np_native_input', @np_native_input);
planted_real('np_shared_input', @np_shared_input);
planted_real('np_forward', @np_forward);

function [x, code] = np_native_input(net, images)
  real = planted_real('np_native_input');
  [x, code] = real(net, images);
  x = planted_input(x, planted_plan());
end

function x = np_shared_input(job)
  real = planted_real('np_shared_input');
  x = planted_input(real(job), planted_plan());
end

function res = np_forward(net, x)
  res = planted_forward(net, x, planted_plan());
end

jobs = jsondecode(fileread(arguments{2}));
if ischar(jobs)
  jobs = {jobs};
end
for k = 1:numel(jobs)
  folder = fileparts(jobs{k});
  fprintf('--- %s\n', folder);
  planted_plan(planted_read(folder));
  try
    extract_features(jobs{k});
  catch failure
    fprintf('error: %s\n', failure.message);
  end
end
exit(0);
