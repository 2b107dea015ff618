"""What to change for each mistake, in the words of the tool that makes it.

A new mistake is one entry in `ADVICE`, and one in `titles.py` if `mistakes.py` has no title.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What to change, with placeholders.

    $layer         the tool's name of the layer with the feature, in backquotes
    $name          the same without backquotes, for use inside code
    $linear        the layer that holds the weights (in MatConvNet, separate from its ReLU)
    $detail        the layer whose feature it is, or the source of the weights
    $rgb, $bgr     the mean in either channel order
    $height, $width, $channels, $units  the kernel's shape of a dense layer
    $rest          the part of the key after the family's name, e.g. `bfloat16`
    """

    plain: str
    keras3: str
    matconvnet: str
    keras2: str | None = None


_VGG_PREPROCESS = "`keras.applications.vgg16.preprocess_input`"
_SUBTRACT = "`im = bsxfun(@minus, im, net.meta.normalization.averageImage)`"
_FLIP = "`w, b = layer.get_weights(); layer.set_weights([w[::-1, ::-1], b])`"
_MAX_POOL = "`MaxPooling2D((2, 2), strides=(2, 2), padding='valid')`"
_NO_SHIFT = Advice(
    plain="Start the first window of $layer at the first row and column, without padding.",
    keras3=f"Build $layer as {_MAX_POOL}, without a `ZeroPadding2D` before it.",
    matconvnet="Set `net.layers{i}.pad` of $layer to `0` or `[0 1 0 1]` (top, bottom, left, "
    "right): no padding at the top or the left.",
)

ADVICE: dict[str, Advice] = {
    "channels-swapped": Advice(
        plain="Reverse the channels of the image: the weights expect the other order.",
        keras3=f"Pass the image in RGB, as `load_img` gives it, to {_VGG_PREPROCESS}, which "
        "converts it to BGR; remove any other swap such as `x[..., ::-1]`.",
        matconvnet="MatConvNet's VGG16 takes RGB, as `imread` gives it: remove any swap of the "
        "channels, or undo it with `im = im(:,:,[3 2 1])`.",
    ),
    "axes-swapped": Advice(
        plain="Swap the rows and columns of the image: height comes before width.",
        keras3="Pass the image as `img_to_array` returns it (height before width) and remove "
        "any `transpose` of the two; `target_size` is (height, width).",
        matconvnet="Undo it with `im = permute(im, [2 1 3])`: `imread` gives height before width, "
        "but an array that another language wrote row by row arrives transposed.",
    ),
    "mean-missing": Advice(
        plain="Subtract the mean ($rgb in RGB) from the image.",
        keras3=f"Call {_VGG_PREPROCESS} before `predict`.",
        matconvnet=f"Subtract the mean: {_SUBTRACT}.",
    ),
    "mean-twice": Advice(
        plain="Subtract the mean ($rgb in RGB) only once.",
        keras3=f"Call {_VGG_PREPROCESS} once, and subtract no other mean.",
        matconvnet=f"Subtract the mean only once: {_SUBTRACT}.",
    ),
    "mean-swapped": Advice(
        plain="Subtract $rgb from an image in RGB, $bgr from one in BGR.",
        keras3=f"Let {_VGG_PREPROCESS} subtract the mean; if you subtract it yourself, it is $bgr "
        "for BGR and $rgb for RGB.",
        matconvnet="Put `net.meta.normalization.averageImage` in the image's order ($rgb for "
        "RGB): swap its channels with `averageImage(:,:,[3 2 1])`.",
    ),
    "scale-0-1": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Remove the division by 255 (`x / 255`, `Rescaling`, `rescale=`) and call "
        f"{_VGG_PREPROCESS} on grey levels of 0…255.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        f"`im2double`, which scale it to 0…1; then {_SUBTRACT}.",
    ),
    "scale-pm1": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Use {_VGG_PREPROCESS}: scaling to −1…1 is what `preprocess_input` of other "
        "networks does (`mode='tf'`: MobileNet, Inception, Xception).",
        matconvnet="Remove the scaling (`im / 127.5 - 1`): use `im = single(imread(file))`, "
        f"then {_SUBTRACT}.",
    ),
    "scale-after-mean": Advice(
        plain="Remove the division by 255 after the subtraction of the mean.",
        keras3=f"Remove the division by 255 after {_VGG_PREPROCESS}.",
        matconvnet=f"Remove the division by 255 after {_SUBTRACT}.",
    ),
    "scale-0-1-mean-255": Advice(
        plain="Keep grey levels of 0…255: the mean is in that range.",
        keras3=f"Call {_VGG_PREPROCESS} on grey levels of 0…255, without dividing by 255 first.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        "`im2double`: `averageImage` is in the range 0…255.",
    ),
    "scale-torch": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB); do not divide.",
        keras3=f"Use {_VGG_PREPROCESS} instead of torchvision's `Normalize` or a "
        "`preprocess_input` with `mode='torch'`.",
        matconvnet="Remove torchvision's mean and standard deviation: use "
        f"`im = single(imread(file))`, then {_SUBTRACT}.",
    ),
    "resize-*": Advice(
        plain="Resize the image in the same way in every tool.",
        keras3="Specify the filter: `load_img(file, target_size=…, interpolation=…)` takes "
        "'nearest' (the default), 'bilinear', 'bicubic' and 'lanczos'.",
        matconvnet="Specify the filter: `imresize(im, net.meta.normalization.imageSize(1:2), "
        "'bicubic')`; `'Antialiasing', false` gives other weights.",
    ),
    "kernels-rotated": Advice(
        plain="Rotate the kernels of $layer by 180°: convolution flips them, correlation does not.",
        keras3=f"Flip the kernels of $layer once ({_FLIP}): TensorFlow correlates, so kernels of "
        "Theano must be flipped when they are loaded, and others must not.",
        keras2="The kernels of $layer are flipped once too often or too rarely: Theano flips them "
        "and TensorFlow does not. Call `keras.utils.convert_all_kernels_in_model(model)` once, "
        f"after loading another backend's weights; a single layer can be fixed with {_FLIP}.",
        matconvnet="Rotate the kernels of $linear: `w = net.layers{i}.weights{1}; "
        "net.layers{i}.weights{1} = flip(flip(w, 1), 2)` (`rot90(w, 2)` in MATLAB): `vl_nnconv` "
        "correlates.",
    ),
    "kernels-transposed": Advice(
        plain="Swap the rows and columns of the kernels of $layer.",
        keras3="Store the kernels of $layer as height × width × inputs × outputs: "
        "`w, b = layer.get_weights(); layer.set_weights([w.transpose(1, 0, 2, 3), b])`.",
        matconvnet="Swap the first two axes of the kernels of $linear: `w = "
        "net.layers{i}.weights{1}; net.layers{i}.weights{1} = permute(w, [2 1 3 4])`.",
    ),
    "bias-missing": Advice(
        plain="Add the bias of $layer.",
        keras3="Build $layer with `use_bias=True`, and check that its bias was loaded: "
        "`layer.get_weights()[1]`.",
        matconvnet="Put the bias of $linear into `net.layers{i}.weights{2}`; if it is empty, "
        "`vl_nnconv` adds none.",
    ),
    "relu-missing": Advice(
        plain="Apply a ReLU to the output of $layer.",
        keras3="Build $layer with `activation='relu'`.",
        matconvnet="Put `struct('type', 'relu', 'name', '$name')` after $linear in `net.layers`.",
    ),
    "softmax-missing": Advice(
        plain="Apply a softmax to the output of $layer.",
        keras3="Build $layer with `activation='softmax'`.",
        matconvnet="End `net.layers` with `struct('type', 'softmax', 'name', 'prob')`, or apply "
        "`vl_nnsoftmax` to the output of $linear.",
    ),
    "relu-added": Advice(
        plain="Remove the ReLU between the sums of the last layer and the softmax.",
        keras3="Build $layer with `activation='softmax'` alone: no `activation='relu'` and no "
        "`ReLU` layer before it.",
        matconvnet="Remove the layer of type 'relu' between $linear and $layer from `net.layers`.",
    ),
    "padding-valid": Advice(
        plain="Pad the input of $layer with zeros so that the feature map keeps its size.",
        keras3="Build $layer with `padding='same'`; Keras's default is 'valid'.",
        matconvnet="Set `net.layers{i}.pad = 1` at $linear (`vl_nnconv(…, 'pad', 1)`); its "
        "default is 0.",
    ),
    "pool-average": Advice(
        plain="Take the maximum of each window in $layer.",
        keras3=f"Build $layer as {_MAX_POOL} instead of `AveragePooling2D`.",
        matconvnet="Set `net.layers{i}.method = 'max'` at $layer "
        "(`vl_nnpool(…, 'method', 'max')`).",
    ),
    "pool-padding": _NO_SHIFT,
    "pool-padding-top": _NO_SHIFT,
    "pool-padding-left": _NO_SHIFT,
    "flatten-*": Advice(
        plain="Flatten the feature map before $layer in the order height, width, channels, or "
        "reorder the rows of its weights.",
        keras3="Give `layers.Flatten(data_format=…)` before $layer the layout that its input "
        "really has ('channels_last' or 'channels_first'): it then produces height, width, "
        "channels, as the weights expect.",
        keras2="Make `keras.backend.image_data_format()`, or `Flatten(data_format=…)` before "
        "$layer, match the actual layout of the map: `Flatten` then produces height, width, "
        "channels, as the weights expect.",
        matconvnet="Reorder the filters of $linear, which are height × width × channels × units: "
        "if NumPy flattened their rows as height, width, channels, use "
        "`permute(reshape(w, [$channels $width $height $units]), [3 2 1 4])`.",
    ),
    "before-relu": Advice(
        plain="Export the values of $layer after the ReLU.",
        keras3="Take the output of the layer that contains the ReLU: $layer with "
        "`activation='relu'`, or the `Activation` layer after it.",
        matconvnet="Export the output of the ReLU, $layer: layer `i` of `net.layers` leaves its "
        "output in `res(i+1).x`; `res(i).x` is its input.",
    ),
    "off-by-one": Advice(
        plain="Export the values of $layer instead of those of $detail.",
        keras3="Cut the model at $layer, not at $detail: "
        "`keras.Model(model.inputs, model.get_layer('$name').output)`.",
        matconvnet="Read the output of $layer, not of $detail: layer `i` of `net.layers` leaves "
        "its output in `res(i+1).x`, since `res(1).x` is the input; find `i` by the layer's name.",
    ),
    "dropout": Advice(
        plain="Switch off dropout after $layer: features are computed in inference mode.",
        keras3="Run inference: `model(x, training=False)` or `model.predict(x)`, and build no "
        "`Dropout` after $layer with `training=True`.",
        keras2="Run inference: `model.predict(x)`, or `keras.backend.set_learning_phase(0)` "
        "before the model is built, so that the `Dropout` after $layer does nothing.",
        matconvnet="Run in test mode, in which the dropout after $layer does nothing: "
        "`res = vl_simplenn(net, im, [], [], 'mode', 'test')`.",
    ),
    "relu-applied": Advice(
        plain="Take the value of $layer before its activation.",
        keras3="Build $layer without `activation`, with an `Activation` layer after it, and export "
        "the former.",
        matconvnet="Export `res(i+1).x` of $linear, not of $layer, which comes after it.",
    ),
    "resize": Advice(
        plain="Resize as the reference does (Pillow's bicubic, antialiased), or pass the tensor "
        "that went into the network with `--input`.",
        keras3="Call `load_img(path, target_size=(height, width), interpolation='bicubic')`, or "
        "pass the tensor that went into the network with `--input`.",
        matconvnet="Call `imresize(im, [height width], 'bicubic')`, or pass the tensor that went "
        "into the network with `--input`.",
    ),
    "weights-other": Advice(
        plain="Load the same weights as the other tools in $layer, not those of $detail.",
        keras3="Load this run's weights instead of those of $detail: `model.load_weights(file)`; "
        "check $layer with `layer.get_weights()`.",
        matconvnet="Load this run's file instead of $detail: `net = "
        "vl_simplenn_tidy(load(file))`; check `net.layers{i}.weights` of $linear.",
    ),
    "precision-tf32": Advice(
        plain="Multiply in float32 in $layer; NVIDIA GPUs use TF32 where it is allowed.",
        keras3="Call `tf.config.experimental.enable_tensor_float_32_execution(False)` before "
        "the model runs.",
        keras2="Set `NVIDIA_TF32_OVERRIDE=0` in the environment, or run on the CPU.",
        matconvnet="Set `NVIDIA_TF32_OVERRIDE=0` in the environment before MATLAB starts, or run "
        "on the CPU (`vl_simplenn_move(net, 'cpu')`).",
    ),
    "precision-*": Advice(
        plain="Multiply in float32 rather than in $rest in $layer.",
        keras3='Call `keras.config.set_dtype_policy("float32")` before the model is built, and '
        "set `ONEDNN_DEFAULT_FPMATH_MODE=STRICT` in the environment.",
        keras2="Set `floatX=float32` in `THEANO_FLAGS` and call "
        "`keras.backend.set_floatx('float32')` before the model is built.",
        matconvnet="Keep the weights and the image in `single`: nothing in `net` may be "
        "rounded to $rest.",
    ),
    "policy-*": Advice(
        plain="Compute and store $layer in float32 rather than in $rest.",
        keras3='Call `keras.config.set_dtype_policy("float32")` before the model is built; the '
        "current policy is $rest or mixed_$rest.",
        keras2="Call `keras.backend.set_floatx('float32')` before the model is built, and set "
        "`floatX=float32` in `THEANO_FLAGS`.",
        matconvnet="Compute in `single` throughout: no array may be stored in $rest.",
    ),
}
