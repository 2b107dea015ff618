function y = finish_block(y, b, plan)
%FINISH_BLOCK Pool, add biases and rectify while the products are in the cache.
%   Y = FINISH_BLOCK(Y, B, PLAN) takes the maximum over windows of PLAN.POOL, adds
%   the biases B, 1 x K or empty, and applies the ReLU if PLAN.RECTIFY is true. Y
%   is H x W x K.

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
