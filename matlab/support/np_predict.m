function result = np_predict(result, job, net, native)
%NP_PREDICT Time the forward pass and save the features of both inputs.
%   RESULT = NP_PREDICT(RESULT, JOB, NET, NATIVE). The first pass over the
%   shared tensor is timed, `warmup` passes are not, and `repeats` more are.
%   NATIVE is the tensor made from the image files; it is passed once,
%   untimed.

shared = np_shared_input(job);
started = tic();
res = np_forward(net, shared);
result.phases.predict_first = toc(started);

for k = 1:job.warmup
  res = np_forward(net, shared);
end
seconds = zeros(1, job.repeats);
for k = 1:job.repeats
  started = tic();
  res = np_forward(net, shared);
  seconds(k) = toc(started);
end
result.phases.predict = seconds;

result.features.shared = np_save_features(job, net, res, 'shared');
res = np_forward(net, native);
result.features.native = np_save_features(job, net, res, 'native');
end
