function result = np_predict(result, job, net, native)
%NP_PREDICT Time the forward pass and save the features of both inputs.
%   RESULT = NP_PREDICT(RESULT, JOB, NET, NATIVE) records the time of the first
%   pass over the shared tensor, runs `warmup` passes that are not recorded, and
%   then records `repeats` more values, or as many as it is told in the job's
%   `turns`; see NP_TIME_SERIES and NP_TIME_TURNS. NATIVE, the tensor made from the
%   image files, goes through the network once, untimed, unless it is []. With the
%   job's option `per_layer` ['no'] each layer is timed as well.

shared = np_shared_input(job);
before = np_usage();
started = tic();
res = np_forward(net, shared);
result.phases.predict_first = toc(started);
result.usage.predict_first = np_used_since(before, 1);

likely = result.phases.predict_first;
for k = 1:job.warmup
  started = tic();
  res = np_forward(net, shared);
  likely = min(likely, toc(started));
end
call = @() np_forward(net, shared);
folder = np_field(job.turns, 'folder', '');
% The pipes exist only during the run: a job repeated by hand has no turns.
if ~isempty(folder) && exist(folder, 'dir')
  [seconds, loops, usage] = np_time_turns(call, folder, likely, ...
    result.clock.tick_seconds);
else
  [seconds, loops, usage] = np_time_series(call, job.repeats, likely, ...
    result.clock.tick_seconds);
end
result.phases.predict = seconds;
result.usage.predict = usage;
result.clock.predict_loops = loops;

result.features.shared = np_save_features(job, np_feature_maps(job, net, res), 'shared');
% By now every thread has been started.
result.flags = np_process_flags(result.flags);
if ~isempty(native)
  res = np_forward(net, native);
  result.features.native = np_save_features(job, np_feature_maps(job, net, res), 'native');
end
if strcmp(np_field(job.options, 'per_layer', 'no'), 'yes')
  result.layers = np_time_layers(net, shared, job.repeats);
end
end
