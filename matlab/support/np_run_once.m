function feature = np_run_once(image, weights, layer, output, here)
%NP_RUN_ONCE Extract one feature of one image; print the timings as JSON.
%   FEATURE = NP_RUN_ONCE(IMAGE, WEIGHTS, LAYER, OUTPUT, HERE) implements the
%   three-argument form of EXTRACT_FEATURES. OUTPUT is a .npy file to write the
%   feature to, '' for none; HERE is the matlab/ folder.

np_choose_code(struct(), here);

started = tic();
layer = np_layer_alias(layer);
net = np_load_net(weights, {layer});
load_seconds = toc(started);

started = tic();
x = np_native_input(net, {image});
preprocess_seconds = toc(started);

started = tic();
res = np_forward(net, x);
predict_seconds = toc(started);

feature = np_outputs(net, res, {layer});
feature = feature{1};
if ~isempty(output)
  np_write_npy(output, permute(feature, [4 1 2 3]), [1 size(feature, 1) ...
    size(feature, 2) size(feature, 3)]);
end
fprintf(['{"image_data_format": "channels_last", "load time": %.6f, ' ...
  '"preprocessing time": %.6f, "predict time": %.6f}\n'], ...
  load_seconds, preprocess_seconds, predict_seconds);
end
