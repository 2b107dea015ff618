function kernel = planted_flatten(kernel, name, plan)
%PLANTED_FLATTEN Have a dense kernel meet its input in the wrong order.
%   KERNEL = PLANTED_FLATTEN(KERNEL, NAME, PLAN). KERNEL is H x W x C x K. Its
%   rows are numbered with C fastest and H slowest; they are dealt out anew to
%   the places of the map in the order in which it is wrongly flattened.

[h, w, c, k] = size(kernel);
rows = permute(kernel, [3 2 1 4]);
% In each case: sizes of the map's axes, fastest first, and the way back.
if planted_has(plan, 'flatten-chw', name)
  kernel = permute(reshape(rows, w, h, c, k), [2 1 3 4]);
elseif planted_has(plan, 'flatten-whc', name)
  kernel = permute(reshape(rows, c, h, w, k), [2 3 1 4]);
elseif planted_has(plan, 'flatten-cwh', name)
  kernel = reshape(rows, h, w, c, k);
end
end
