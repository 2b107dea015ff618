function [plan, done] = plan_merged(plan, layers)
%PLAN_MERGED Have a convolution do the work of the layers after it.
%   [PLAN, DONE] = PLAN_MERGED(PLAN, LAYERS): LAYERS are the convolution that
%   PLAN is for, a ReLU and perhaps a pooling. The PLAN returned does the first
%   DONE of them: the pooling only if its windows tile the image, as then they
%   tile every block of columns.
%
%   Maximum and rectification commute, and so does a bias with both, to the
%   last bit: adding one number rounds to numbers in the same order.

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
