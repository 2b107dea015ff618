function target = np_resized_size(plan, given)
%NP_RESIZED_SIZE The size to which an image is resized before it is cropped.
%   TARGET = NP_RESIZED_SIZE(PLAN, [H W]) is PLAN.resize, or with PLAN.keep_aspect
%   the smallest size of the image's proportions that covers it.

target = plan.resize;
if plan.keep_aspect
  target = max(target, round(given * max(target ./ given)));
end
end
