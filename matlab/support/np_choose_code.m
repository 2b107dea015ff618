function [code, versions] = np_choose_code(options, here)
%NP_CHOOSE_CODE Put MatConvNet or the compatibility functions on the path.
%   [CODE, VERSIONS] = NP_CHOOSE_CODE(OPTIONS, HERE). OPTIONS are the job's,
%   HERE is the matlab/ folder. CODE describes the code that will run,
%   VERSIONS holds the version of each part.
%
%   `matconvnet` ['auto']::   'auto' uses MatConvNet if its folder is given,
%                             'compat' never does, 'require' always does
%   `matconvnet_root` []::    that folder; default: the environment variable
%                             MATCONVNET_ROOT
%
%   A MatConvNet that is given but does not work is an error: with other code
%   the features and timings would carry the wrong name.

host = 'MATLAB';
if np_is_octave()
  host = 'GNU Octave';
end
host_version = regexp(version(), '^\S+', 'match', 'once');
versions = struct();
if np_is_octave()
  versions.octave = host_version;
else
  versions.matlab = version();
end

choice = np_field(options, 'matconvnet', 'auto');
root = np_field(options, 'matconvnet_root', getenv('MATCONVNET_ROOT'));
if ~any(strcmp(choice, {'auto', 'compat', 'require'}))
  error('netparity:matconvnet', ['The option `matconvnet` must be ' ...
    '''auto'', ''compat'' or ''require'', not ''%s''.'], choice);
end
if strcmp(choice, 'require') && isempty(root)
  error('netparity:matconvnet', ['The job requires MatConvNet, but neither ' ...
    'its option `matconvnet_root` nor the environment variable ' ...
    'MATCONVNET_ROOT gives its folder. Set one of them.']);
end

compat = fullfile(here, 'matconvnet_compat');
if strcmp(choice, 'compat') || isempty(root)
  addpath(compat);
  part = 'netparity compatibility functions';
else
  np_leave_path(compat);
  versions.matconvnet = np_use_matconvnet(root);
  part = sprintf('MatConvNet %s (MEX)', versions.matconvnet);
end
code = sprintf('%s on %s %s', part, host, host_version);
end
