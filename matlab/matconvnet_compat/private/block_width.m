function width = block_width(height, plan)
%BLOCK_WIDTH The number of output columns to compute at a time.
%   WIDTH = BLOCK_WIDTH(HEIGHT, PLAN); each column takes HEIGHT rows of a matrix
%   product. With about 2400 rows the product runs at full speed and, for 64
%   filters, its result is still in the cache for the next steps. All blocks but
%   the last have the same width, and none splits a pooling window.

blocks = max(1, round(height * plan.out(2) / 2400));
width = ceil(plan.out(2) / blocks / plan.pool(2)) * plan.pool(2);
end
