"""Advice about kernels, biases, weights and precision."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

_FLIP = "`w, b = layer.get_weights(); layer.set_weights([w[::-1, ::-1], b])`"

_RESHAPED = Advice(
    plain="Permute the axes of the kernel of $layer instead of reshaping it: a reshape keeps "
    "the order of the values.",
    keras3="Permute the axes of the kernel of $layer instead of reshaping it: from PyTorch "
    "`w.transpose(2, 3, 1, 0)` for a convolution, `w.T` for a dense layer.",
    matconvnet="Permute the axes of the filters of $linear instead of reshaping them: from "
    "PyTorch `permute(w, [3 4 2 1])`.",
)

LAYERS: dict[str, Advice] = {
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
    "kernels-channels-swapped": Advice(
        plain="Swap the input and output channels of the kernels of $layer.",
        keras3="Swap the last two axes of the kernels of $layer: `layer.set_weights(["
        "w.transpose(0, 1, 3, 2), b])`. `Conv2D` expects height × width × inputs × outputs, "
        "`Conv2DTranspose` height × width × outputs × inputs.",
        matconvnet="Swap the last two axes of the kernels of $linear: `permute(w, [1 2 4 3])`. "
        "`vl_nnconv` expects height × width × inputs × outputs, `vl_nnconvt` height × width × "
        "outputs × inputs.",
    ),
    "kernel-transposed": Advice(
        plain="Transpose the kernel of $layer.",
        keras3="Store the kernel of $layer as inputs × units: `layer.set_weights([w.T, b])`; "
        "PyTorch stores units × inputs.",
        matconvnet="Swap the last two axes of the filters of $linear: `permute(w, [1 2 4 3])`.",
    ),
    "kernel-reshaped": _RESHAPED,
    "kernel-reshaped-to-pytorch": _RESHAPED,
    "kernel-rows-*": Advice(
        plain="Reorder the rows of the kernel of $layer to height, width, channels, as its input "
        "is flattened, or flatten the map in the order of the rows.",
        keras3="Reorder the rows of the kernel of $layer: from PyTorch `w.reshape(units, channels, "
        "height, width).transpose(2, 3, 1, 0).reshape(-1, units)`.",
        matconvnet="Reorder the filters of $linear, which are height × width × channels × units: "
        "from PyTorch `permute(reshape(w, units, channels, height, width), [3 4 2 1])` of values "
        "in C order.",
    ),
    "groups-ignored": Advice(
        plain="Compute $layer in groups: each run of output channels reads a run of input "
        "channels.",
        keras3="Build $layer with `Conv2D(…, groups=…)`.",
        keras2="Keras 2 has no groups: split the input of $layer by channels, convolve each part "
        "with its own kernels, and concatenate.",
        matconvnet="Keep the kernels of $linear as height × width × (inputs / groups) × outputs: "
        "`vl_nnconv` finds the number of groups from their third size.",
    ),
    "groups-interleaved": Advice(
        plain="Let each group of $layer read a run of neighbouring input channels.",
        keras3="Do not shuffle the channels before $layer: `Conv2D(…, groups=…)` gives the first "
        "channels to the first group.",
        matconvnet="Do not shuffle the channels before $linear: `vl_nnconv` gives the first "
        "channels to the first group.",
    ),
    "group-outputs-interleaved": Advice(
        plain="Store the output channels of each group of $layer as a run.",
        keras3="Reorder the last axis of the kernels and the bias of $layer, so that the outputs "
        "of the first group come first.",
        matconvnet="Reorder the fourth axis of the kernels of $linear and its bias, so that the "
        "outputs of the first group come first.",
    ),
}
