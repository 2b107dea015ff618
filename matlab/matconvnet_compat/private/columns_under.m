function across = columns_under(columns, plan)
%COLUMNS_UNDER The image columns that some output columns depend on.
%   ACROSS = COLUMNS_UNDER(COLUMNS, PLAN): column j of the filter multiplies, for
%   the N output columns COLUMNS, the columns ACROSS((j - 1) * N + (1:N)) of the
%   image. Those below 1 or beyond the image are padding.

starts = (columns(:) - 1) * plan.stride(2) + 1 - plan.pad(3);
across = reshape(starts + (0:plan.taps(2) - 1) * plan.dilate(2), 1, []);
end
