function layer = planted_pool(layer, name, plan)
%PLANTED_POOL A pool with its mistakes.

if planted_has(plan, 'pool-average', name)
  layer.method = 'avg';
end
if planted_has(plan, 'pool-padding', name)
  layer.pad = [1 0 1 0];
end
end
