function outputs = all_outputs(count, name, varargin)
%ALL_OUTPUTS What a function returns, all of it.
%   OUTPUTS = ALL_OUTPUTS(COUNT, NAME, ...) is a cell of the first COUNT outputs.

outputs = cell(1, count);
[outputs{:}] = feval(name, varargin{:});
end
