function found = np_set_threads(wanted)
%NP_SET_THREADS Limit the computing threads and say how many are in force.
%   FOUND = NP_SET_THREADS(WANTED); WANTED [] leaves the number alone. In
%   Octave the number is set from outside, by OPENBLAS_NUM_THREADS and
%   OMP_NUM_THREADS, and cannot be asked for: FOUND is [].

found = [];
if ~np_is_octave()
  if ~isempty(wanted)
    maxNumCompThreads(wanted);
  end
  found = maxNumCompThreads();
end
end
