function [net, native, result] = np_prepare(result, job)
%NP_PREPARE Load the network and preprocess the images, timing both.
%   [NET, NATIVE, RESULT] = NP_PREPARE(RESULT, JOB). Preprocessing is timed
%   1 + `repeats` times, each time for all images; NATIVE, the tensor made
%   from them, is also saved as native-input.npy.

started = tic();
net = np_load_net(job.weights.file, {job.features.layer});
result.phases.load = toc(started);

seconds = zeros(1, 1 + job.repeats);
for k = 1:numel(seconds)
  started = tic();
  [native, code] = np_native_input(net, job.images);
  seconds(k) = toc(started);
end
result.phases.preprocess = seconds;
result.flags.resize = code;
result.native_input = np_save_tensor(job.output_dir, 'native-input', native, []);
end
