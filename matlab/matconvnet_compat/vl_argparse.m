function [opts, rest] = vl_argparse(opts, args, varargin)
%VL_ARGPARSE Options from name and value pairs.
%   OPTS = VL_ARGPARSE(OPTS, ARGS) replaces fields of the structure OPTS by
%   the values in ARGS, a cell {NAME, VALUE, ...} or a structure. A name
%   matches a field whatever its case. A name that matches none is an
%   error.
%
%   [OPTS, ARGS] = VL_ARGPARSE(OPTS, ARGS) returns the pairs that match no
%   field instead.
%
%   A field which is a structure, given a structure, is filled field by
%   field in the same way. Flags:
%
%   `nonrecursive`::  replace such a field as a whole
%   `merge`::         add what matches no field as a new field

recursive = ~any(strcmpi('nonrecursive', varargin));
merge = any(strcmpi('merge', varargin));
if isstruct(args)
  args = reshape([fieldnames(args), struct2cell(args)]', 1, []);
elseif isempty(args)
  args = {};
end
if mod(numel(args), 2) ~= 0 || ~all(cellfun(@ischar, args(1:2:end)))
  error('vl_argparse:pairs', 'Options must come as NAME, VALUE pairs.');
end

rest = {};
names = fieldnames(opts);
for k = 1:2:numel(args)
  match = find(strcmpi(args{k}, names), 1);
  value = args{k + 1};
  if isempty(match) && merge
    opts.(args{k}) = value;
  elseif isempty(match) && nargout > 1
    rest = [rest, args(k:k + 1)];
  elseif isempty(match)
    error('vl_argparse:unknown', ['There is no option ''%s''; the ' ...
      'options are: %s.'], args{k}, strjoin(names', ', '));
  elseif recursive && isstruct(opts.(names{match})) && isstruct(value)
    opts.(names{match}) = vl_argparse(opts.(names{match}), value, varargin{:});
  else
    opts.(names{match}) = value;
  end
end
end
