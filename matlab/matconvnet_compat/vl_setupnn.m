function vl_setupnn()
%VL_SETUPNN Put the compatibility functions on the path.
%   VL_SETUPNN() adds this folder to the path. Its vl_* functions compute the
%   forward pass of MatConvNet's SimpleNN networks on the CPU, without MEX files,
%   in MATLAB and GNU Octave.

addpath(fileparts(mfilename('fullpath')));
end
