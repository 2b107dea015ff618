function yes = by_rows(h, f, plan)
%BY_ROWS Whether CONVOLVE_BY_ROWS can be used, and pays.
%   YES = BY_ROWS(H, F, PLAN) for images of H rows. FH times fewer numbers are
%   gathered than by patches, FW * FC for each pixel, but FH times more
%   products added, K for each pixel, and the filters must be rearranged, which
%   few pixels do not repay.

[fh, fw, fc, k] = size(f);
fits = plan.stride(1) == 1 && plan.out(1) <= h && plan.pad(1) <= h && ...
  (fh - 1) * plan.dilate(1) - plan.pad(1) <= h;
yes = fits && k <= fw * fc && k < prod(plan.out);
end
