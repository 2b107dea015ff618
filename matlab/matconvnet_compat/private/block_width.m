function width = block_width(height, plan)
%BLOCK_WIDTH How many output columns to compute at a time.
%   WIDTH = BLOCK_WIDTH(HEIGHT, PLAN) if each takes HEIGHT rows of a matrix
%   product. With about 2400 rows it runs at full speed and its result is still
%   in the cache for what follows, if there are 64 filters. Blocks are of equal
%   width but for the last, and split no pooling window.

blocks = max(1, round(height * plan.out(2) / 2400));
width = ceil(plan.out(2) / blocks / plan.pool(2)) * plan.pool(2);
end
