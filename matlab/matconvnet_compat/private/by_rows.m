function yes = by_rows(h, f, plan)
%BY_ROWS Whether CONVOLVE_BY_ROWS is applicable and faster.
%   YES = BY_ROWS(H, F, PLAN) is for images of H rows. Compared with patches, FH
%   times fewer numbers are gathered, FW * FC for each pixel, but FH times more
%   products are added, K for each pixel. The filters must be rearranged, which
%   is not worth it for few pixels.

[fh, fw, fc, k] = size(f);
fits = plan.stride(1) == 1 && plan.out(1) <= h && plan.pad(1) <= h && ...
  (fh - 1) * plan.dilate(1) - plan.pad(1) <= h;
yes = fits && k <= fw * fc && k < prod(plan.out);
end
