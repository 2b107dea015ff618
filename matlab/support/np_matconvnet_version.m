function found = np_matconvnet_version(root)
%NP_MATCONVNET_VERSION The version of a MatConvNet folder.
%   VERSION = NP_MATCONVNET_VERSION(ROOT) reads VER from ROOT/Makefile.

found = 'of unknown version';
makefile = fullfile(root, 'Makefile');
if exist(makefile, 'file') == 2
  line = regexp(np_read_text(makefile), '(^|\n)VER *= *([^\s]+)', ...
    'tokens', 'once');
  if ~isempty(line)
    found = line{end};
  end
end
end
