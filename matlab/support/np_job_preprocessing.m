function plan = np_job_preprocessing(net, job)
%NP_JOB_PREPROCESSING How a job's network takes images.
%   PLAN = NP_JOB_PREPROCESSING(NET, JOB) is [] if the job does not say, so that
%   the weights file decides; NP_FILE_PREPROCESSING has PLAN's fields. The input
%   has the size of the shared one. Images are resized as MatConvNet's users do,
%   bicubic; `resize` and `keep_aspect` count if the job has a `resize`.

given = np_field(job, 'preprocessing', []);
plan = [];
if isempty(given)
  return
end
shape = job.shared_input.shape;
if numel(shape) ~= 4
  error('netparity:normalization', ['the network''s input has the shape [%s], ' ...
    'which is not that of images'], num2str(shape(2:end)));
end
plan.size = shape(2:3);
plan.channels = shape(4);
plan.order = np_field(given, 'order', 'RGB');
plan.scale = single(np_field(given, 'scale', 1));
plan.mean = reshape(single(np_field(given, 'mean', 0)), 1, 1, []);
plan.deviation = reshape(single(np_field(given, 'deviation', 1)), 1, 1, []);
image = np_field(given, 'mean_image', '');
if ~isempty(image)
  plan.mean = np_mean_image(net, image, shape(2:4)) * plan.scale;
end
plan.resize = double(reshape(np_field(given, 'resize', plan.size), 1, []));
plan.keep_aspect = isfield(given, 'resize') && ~isempty(given.resize) && ...
  isequal(np_field(given, 'keep_aspect', false), true);
end
