function found = np_use_matconvnet(root)
%NP_USE_MATCONVNET Set up MatConvNet and test its MEX files.
%   VERSION = NP_USE_MATCONVNET(ROOT) returns the version in MatConvNet's
%   Makefile, 'of unknown version' if there is none.

setup = fullfile(root, 'matlab', 'vl_setupnn.m');
if exist(setup, 'file') ~= 2
  error('netparity:matconvnet', ['There is no %s. MATCONVNET_ROOT (or the ' ...
    'option `matconvnet_root`) must be the top folder of MatConvNet.'], setup);
end
compile = 'in MATLAB: run vl_setupnn, then vl_compilenn';
if np_is_octave()
  compile = 'with mkoctfile --mex; MATLAB''s MEX files do not load in Octave';
end
mex_file = fullfile(root, 'matlab', 'mex', ['vl_nnconv.' mexext()]);
if exist(mex_file, 'file') == 0
  error('netparity:matconvnet', ['MatConvNet is not compiled: there is no ' ...
    '%s. Compile it %s; or set the job''s option `matconvnet` to ' ...
    '`compat`.'], mex_file, compile);
end

addpath(fullfile(root, 'matlab'));
try
  vl_setupnn();
  if exist('vl_nnconv') ~= 3 || exist('vl_nnpool') ~= 3
    error('netparity:matconvnet', 'vl_setupnn puts other functions on the path');
  end
  y = vl_nnconv(single(2), single(3), single(1));
catch failure
  error('netparity:matconvnet', ['%s does not run: %s. Compile it again, ' ...
    '%s; or set the job''s option `matconvnet` to `compat`.'], ...
    mex_file, failure.message, compile);
end
if ~isequal(y, single(7))
  error('netparity:matconvnet', ['%s computes 2 * 3 + 1 = %g. Compile it ' ...
    'again, %s.'], mex_file, y, compile);
end
found = np_matconvnet_version(root);
end
