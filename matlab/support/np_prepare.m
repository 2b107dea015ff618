function [net, native, result] = np_prepare(result, job)
%NP_PREPARE Load the network and preprocess the images; time both.
%   [NET, NATIVE, RESULT] = NP_PREPARE(RESULT, JOB) times the preprocessing of all
%   images 1 + `repeats` times. NATIVE, the tensor made from them, is also saved
%   as native-input.npy; it is [] if the job has no images.

before = np_usage();
started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);
result.usage.load = np_used_since(before, 1);
result.built = np_built_by(net);

result.clock = struct('name', 'tic', 'tick_seconds', np_tick_seconds());
native = [];
if isempty(job.images)
  return
end
net.native = np_job_preprocessing(net, job);
before = np_usage();
started = tic();
[native, code] = np_native_input(net, job.images);
first = toc(started);
used = np_used_since(before, 1);
[others, loops, usage] = np_time_series(@() np_native_input(net, job.images), ...
  job.repeats, first, result.clock.tick_seconds);
result.phases.preprocess = [first others];
result.usage.preprocess = [used usage];
result.clock.preprocess_loops = loops;
result.flags.resize = code;
result.native_input = np_save_tensor(job.output_dir, 'native-input', native, []);
end
