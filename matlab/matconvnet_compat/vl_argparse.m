function [opts, rest] = vl_argparse(opts, args, varargin)
%VL_ARGPARSE Options from name and value pairs.
%   OPTS = VL_ARGPARSE(OPTS, ARGS) replaces fields of the structure OPTS by
%   the values in ARGS, a cell {NAME, VALUE, ...} or a structure; in the cell,
%   a structure may take the place of a NAME and its VALUE. A name matches a
%   field whatever its case. A name that matches none is an error.
%
%   [OPTS, ARGS] = VL_ARGPARSE(OPTS, ARGS) returns the pairs that match no
%   field instead.
%
%   A field which is a structure is filled field by field in the same way,
%   from a structure or a cell. Flags:
%
%   `nonrecursive`::  replace such a field as a whole
%   `merge`::         add what matches no field as a new field

if ~isstruct(opts) || ~isscalar(opts)
  error('vl_argparse:opts', 'vl_argparse: OPTS must be a structure, not %s.', ...
    describe_value(opts));
end
recursive = ~any(strcmpi('nonrecursive', varargin));
merge = any(strcmpi('merge', varargin));

rest = {};
pairs = name_value_pairs(args);
names = fieldnames(opts);
for k = 1:2:numel(pairs)
  [name, value] = deal(pairs{k:k + 1});
  match = find(strcmpi(name, names), 1);
  if ~isempty(match)
    name = names{match};
  end
  if isempty(match) && ~merge && nargout < 2
    error('vl_argparse:unknown', ['vl_argparse: there is no option ''%s''; ' ...
      'the options are: %s.'], name, strjoin(names', ', '));
  elseif isempty(match) && ~merge
    rest = [rest, {name, value}];
  elseif isempty(match) || ~recursive || ~isstruct(opts.(name))
    opts.(name) = value;
  elseif nargout < 2
    opts.(name) = vl_argparse(opts.(name), value, varargin{:});
  else
    [opts.(name), inner] = vl_argparse(opts.(name), value, varargin{:});
    if ~isempty(inner)
      rest = [rest, {name, cell2struct(inner(2:2:end), inner(1:2:end), 2)}];
    end
  end
end
end
