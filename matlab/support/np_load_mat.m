function net = np_load_mat(file)
%NP_LOAD_MAT Read a SimpleNN or DagNN network from a MAT file.
%   NET = NP_LOAD_MAT(FILE). The network's fields are the file's variables, as
%   in the files that MatConvNet publishes, or those of a structure called `net`.

[fid, reason] = fopen(file, 'r');
if fid < 0
  error('netparity:weights', 'Cannot open the weights file %s: %s', file, reason);
end
start = char(fread(fid, 10, '*uint8')');
fclose(fid);
if np_is_octave() && strcmp(start, 'MATLAB 7.3')
  % Octave 7 drops cells of such a file with only a warning.
  error('netparity:weights', ['%s is a v7.3 MAT file, which Octave ' ...
    'cannot read completely. Load it in MATLAB and save it with ''-v6'', ' ...
    'or convert it with h5py and scipy.io.savemat in Python.'], file);
end

net = load(file, '-mat');
if isfield(net, 'net')
  net = net.net;
end
if ~isfield(net, 'layers')
  error('netparity:weights', ['%s is neither a SimpleNN nor a DagNN network: it ' ...
    'has no `layers`, only %s.'], file, strjoin(fieldnames(net)', ', '));
end
end
