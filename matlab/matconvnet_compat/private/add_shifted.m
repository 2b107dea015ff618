function total = add_shifted(q, count, shift)
%ADD_SHIFTED Sum arrays, each read at an offset.
%   T = ADD_SHIFTED(Q, COUNT, SHIFT) takes Q as NUMEL(SHIFT) arrays of COUNT
%   elements, one after another, and returns 1 x COUNT,
%
%     T(e) = sum_m Q_m(e + SHIFT(m))
%
%   where elements outside 1:COUNT are zero. SHIFT decreases from 0 or more to 0 or
%   less, so that all reads stay in Q, and all but the first and last few in their
%   own array.

start = (0:numel(shift) - 1) * count + shift;
total = q(start(1) + 1:start(1) + count);
for m = 2:numel(shift)
  total = total + q(start(m) + 1:start(m) + count);
end
for e = [1:min(count, -shift(end)), max(1, count - shift(1) + 1):count]
  inside = e + shift >= 1 & e + shift <= count;
  total(e) = sum(q(start(inside) + e));
end
end
