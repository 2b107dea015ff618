function result = np_predict(result, job, net, native)
%NP_PREDICT Time the forward pass and save the features of both inputs.
%   RESULT = NP_PREDICT(RESULT, JOB, NET, NATIVE). The first pass over the
%   shared tensor is timed, `warmup` passes are not recorded, and `repeats`
%   more values are, see NP_TIME_SERIES.
%   NATIVE is the tensor made from the image files; it is passed once,
%   untimed. The job's option `per_layer` ['no'] times each layer as well.

shared = np_shared_input(job);
started = tic();
res = np_forward(net, shared);
result.phases.predict_first = toc(started);

likely = result.phases.predict_first;
for k = 1:job.warmup
  started = tic();
  res = np_forward(net, shared);
  likely = min(likely, toc(started));
end
[seconds, loops] = np_time_series(@() np_forward(net, shared), job.repeats, ...
  likely, result.clock.tick_seconds);
result.phases.predict = seconds;
result.clock.predict_loops = loops;

result.features.shared = np_save_features(job, net, res, 'shared');
% Now every thread that there will be has been started.
result.flags = np_process_flags(result.flags);
res = np_forward(net, native);
result.features.native = np_save_features(job, net, res, 'native');
if strcmp(np_field(job.options, 'per_layer', 'no'), 'yes')
  result.layers = np_time_layers(net, shared, job.repeats);
end
end
