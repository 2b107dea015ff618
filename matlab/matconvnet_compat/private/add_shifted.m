function total = add_shifted(q, count, shift)
%ADD_SHIFTED Sum of arrays of which each is read some elements further on.
%   T = ADD_SHIFTED(Q, COUNT, SHIFT) takes Q as NUMEL(SHIFT) arrays of COUNT
%   elements, one after another, and returns 1 x COUNT,
%
%     T(e) = sum_m Q_m(e + SHIFT(m))
%
%   where elements outside 1:COUNT are zero. SHIFT falls from 0 or more to 0 or
%   less, so that every read but the first and last few stays in its array, and
%   all of them in Q.

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
