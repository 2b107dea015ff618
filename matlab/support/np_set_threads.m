function found = np_set_threads(wanted)
%NP_SET_THREADS Set the number of computing threads.
%   FOUND = NP_SET_THREADS(WANTED) returns the number in force; a WANTED of []
%   leaves it unchanged. In Octave the environment variables
%   OPENBLAS_NUM_THREADS and OMP_NUM_THREADS set the number, which cannot be
%   queried: FOUND is [].

found = [];
if ~np_is_octave()
  if ~isempty(wanted)
    maxNumCompThreads(wanted);
  end
  found = maxNumCompThreads();
end
end
