function [plan, done] = plan_merged(plan, layers)
%PLAN_MERGED Merge the layers after a convolution into its plan.
%   [PLAN, DONE] = PLAN_MERGED(PLAN, LAYERS). LAYERS are the convolution of PLAN,
%   a ReLU and perhaps a pooling. The returned PLAN does the first DONE of them.
%   The pooling is merged only if its windows tile the image, because then they
%   tile every block of columns.
%
%   The maximum commutes with the ReLU and with adding a bias, bit for bit:
%   rounding preserves order.

done = 1;
if layers{2}.leak ~= 0
  return
end
plan.rectify = true;
done = 2;
if numel(layers) > 2
  pooling = plan_pooling(plan.out, layers{3}.pool, pool_options(layers{3}));
  if strcmp(pooling.method, 'max') && ~any(pooling.pad) && ...
      isequal(pooling.window, pooling.stride)
    plan.pool = pooling.window;
    done = 3;
  end
end
end
