function y = vl_nnconcat(inputs, dim, varargin)
%VL_NNCONCAT Concatenation of arrays.
%   Y = VL_NNCONCAT(INPUTS) concatenates the arrays in the cell INPUTS along the
%   channels. Y = VL_NNCONCAT(INPUTS, DIM) does so along the dimension DIM.
%
%   Options for derivatives are ignored; asking for them is an error.

if nargin < 2 || isempty(dim)
  dim = 3;
end
if ~iscell(inputs) || isempty(inputs)
  error('vl_nnconcat:data', ['vl_nnconcat: the data must be a cell of arrays, ' ...
    'not %s.'], describe_value(inputs));
end
dim = whole_numbers('vl_nnconcat', 'dim', dim, 1, 1);
parse_options('vl_nnconcat', struct('inputsizes', {{}}), ...
  check_forward('vl_nnconcat', varargin), {});
others = setdiff(1:4, dim);
for k = 1:numel(inputs)
  check_data('vl_nnconcat', inputs{k});
  for d = others
    if size(inputs{k}, d) ~= size(inputs{1}, d)
      error('vl_nnconcat:size', ['vl_nnconcat: array %d of size [%s] does not fit ' ...
        'the first, [%s], along dimension %d.'], k, num2str(size(inputs{k})), ...
        num2str(size(inputs{1})), dim);
    end
  end
end
y = cat(dim, inputs{:});
end
