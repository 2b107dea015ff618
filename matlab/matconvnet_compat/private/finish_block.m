function y = finish_block(y, b, plan)
%FINISH_BLOCK What follows the products, while they are in the cache.
%   Y = FINISH_BLOCK(Y, B, PLAN) takes the maximum of each PLAN.POOL, adds the
%   biases B, 1 x K or empty, and rectifies if PLAN.RECTIFY is true. Y is
%   H x W x K.

if any(plan.pool > 1)
  y = reduce_windows(y, plan.pool, plan.pool, @max);
end
[h, w, k] = size(y);
if ~isempty(b)
  y = reshape(reshape(y, h * w, k) + b, h, w, k);
end
if plan.rectify
  y = max(y, 0);
end
end
