function x = planted_round(x, kind)
%PLANTED_ROUND Round single numbers to fewer bits, to nearest, ties to even.
%   X = PLANTED_ROUND(X, KIND); KIND is `bfloat16`, `tf32` or `float16`.

dropped = 13;
if strcmp(kind, 'bfloat16')
  dropped = 16;
end
bits = typecast(x(:), 'uint32');
last_kept = bitand(bitshift(bits, -dropped), uint32(1));
bits = bits + uint32(2^(dropped - 1) - 1) + last_kept;
bits = bitshift(bitshift(bits, -dropped), dropped);
y = reshape(typecast(bits, 'single'), size(x));
if strcmp(kind, 'float16')
  % Below 2^-14 its step is 2^-24, the unit in the last place of 0.75.
  small = abs(x) < 2^-14;
  y(small) = (x(small) + single(0.75)) - single(0.75);
  y(abs(y) >= 65520) = Inf * sign(y(abs(y) >= 65520));
end
x = y;
end
