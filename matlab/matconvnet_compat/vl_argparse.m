function [opts, rest] = vl_argparse(opts, args, varargin)
%VL_ARGPARSE Parse options given as names and values.
%   OPTS = VL_ARGPARSE(OPTS, ARGS) replaces fields of the structure OPTS by
%   the values in ARGS, a cell {NAME, VALUE, ...} or a structure; in the cell,
%   a structure may take the place of a NAME and its VALUE. Names match fields
%   regardless of case. A name that matches no field is an error.
%
%   [OPTS, ARGS] = VL_ARGPARSE(OPTS, ARGS) instead returns the pairs that match
%   no field.
%
%   A field that is a structure is filled recursively, from a structure or a
%   cell. Flags:
%
%   `nonrecursive`::  replace such a field as a whole
%   `merge`::         add names that match no field as new fields

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
