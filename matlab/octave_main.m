% OCTAVE_MAIN Run EXTRACT_FEATURES from a shell, under GNU Octave.
%   octave-cli --norc --no-history --quiet octave_main.m JOBFILE
%   octave-cli --norc --no-history --quiet octave_main.m IMAGE WEIGHTS LAYER
%
%   The exit status is 0 on success. On failure it is 1, and the error is
%   printed to standard error.

try
  addpath(fileparts(mfilename('fullpath')));
  arguments_given = argv();
  extract_features(arguments_given{:});
catch failure
  fprintf(2, 'error: %s\n', failure.message);
  for k = 1:numel(failure.stack)
    fprintf(2, '  in %s, line %d\n', failure.stack(k).name, failure.stack(k).line);
  end
  exit(1);
end
exit(0);
