function x = planted_input(x, plan)
%PLANTED_INPUT The tensor that enters the network in place of X.
%   X = PLANTED_INPUT(X, PLAN). X is H x W x 3 x N single, RGB, mean
%   subtracted.

average = plan.mean_rgb;
raw = x + average;
if planted_has(plan, 'mean-missing', 'input')
  x = raw;
elseif planted_has(plan, 'mean-twice', 'input')
  x = x - average;
elseif planted_has(plan, 'mean-swapped', 'input')
  x = raw - flip(average, 3);
elseif planted_has(plan, 'scale-0-1', 'input')
  x = raw / 255;
elseif planted_has(plan, 'scale-pm1', 'input')
  x = raw / 127.5 - 1;
end
if planted_has(plan, 'channels-swapped', 'input')
  x = x(:, :, [3 2 1], :);
end
if planted_has(plan, 'axes-swapped', 'input')
  x = permute(x, [2 1 3 4]);
end
end
