function vl_setupnn()
%VL_SETUPNN Put the compatibility functions on the path.
%   VL_SETUPNN() makes the vl_* functions of this folder callable. They
%   compute the forward pass of MatConvNet's SimpleNN networks on the CPU,
%   without MEX files, in MATLAB and GNU Octave.

addpath(fileparts(mfilename('fullpath')));
end
