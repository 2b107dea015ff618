function yes = np_is_octave()
%NP_IS_OCTAVE True in GNU Octave, false in MATLAB.

yes = exist('OCTAVE_VERSION', 'builtin') ~= 0;
end
