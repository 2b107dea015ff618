function [net, native, result] = np_prepare(result, job)
%NP_PREPARE Load the network and preprocess the images, timing both.
%   [NET, NATIVE, RESULT] = NP_PREPARE(RESULT, JOB). Preprocessing is timed
%   1 + `repeats` times, each time for all images; NATIVE, the tensor made
%   from them, is also saved as native-input.npy.

started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);

result.clock = struct('name', 'tic', 'tick_seconds', np_tick_seconds());
started = tic();
[native, code] = np_native_input(net, job.images);
once = toc(started);
[again, loops] = np_time_series(@() np_native_input(net, job.images), ...
  job.repeats, once, result.clock.tick_seconds);
result.phases.preprocess = [once again];
result.clock.preprocess_loops = loops;
result.flags.resize = code;
result.native_input = np_save_tensor(job.output_dir, 'native-input', native, []);
end
