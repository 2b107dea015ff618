"""What to say of a cause, and what to change, in the words of the tool that made the mistake.

A new mistake is one entry in `_ADVICE` (and in `_TITLES`, if `mistakes.py` has no title for it).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import INPUT_TITLES, LAYER_MISTAKES
from netparity.models import Layer, Model, UnknownLayerError
from netparity.models.layers import Tool

_TITLES = {
    **INPUT_TITLES,
    **{mistake.key: mistake.title for mistake in LAYER_MISTAKES},
    "before-relu": "the feature was taken before the ReLU",
    "off-by-one": "the feature handed out is that of $detail",
    "dropout": "dropout is active",
    "weights-other": "the weights are those of $detail",
    "relu-applied": "the feature was taken after the activation",
    "resize": "the image was resized otherwise: $detail",
    "resize-nearest": "the image was resized by nearest neighbour",
    "resize-bilinear": "the image was resized bilinearly",
    "resize-bicubic": "the image was resized bicubically",
    "resize-lanczos": "the image was resized by Lanczos's filter",
}

_READ_AT_THE_END = ("weights-other", "before-relu", "policy-bfloat16", "policy-float16")
"""Mistakes that a diagnosis names at the layers whose features were compared, and at no other."""


@dataclass(frozen=True)
class _Advice:
    """What to change, with placeholders.

    $layer, $name  the layer that hands out the feature, in the tool's words; bare, within code
    $linear        the layer that holds the weights (MatConvNet keeps it apart from its ReLU)
    $detail        whose feature or whose weights they are
    $rgb, $bgr     the mean in either order of the channels
    $height, $width, $channels, $units  what a dense layer reads
    $rest          what a family's key ends with, e.g. `bfloat16`
    """

    plain: str
    keras3: str
    matconvnet: str
    keras2: str | None = None


_VGG_PREPROCESS = "`keras.applications.vgg16.preprocess_input`"
_SUBTRACT = "`im = bsxfun(@minus, im, net.meta.normalization.averageImage)`"
_FLIP = "`w, b = layer.get_weights(); layer.set_weights([w[::-1, ::-1], b])`"
_MAX_POOL = "`MaxPooling2D((2, 2), strides=(2, 2), padding='valid')`"
_NO_SHIFT = _Advice(
    plain="Let the first window of $layer begin at the first row and column, without padding.",
    keras3=f"Build $layer as {_MAX_POOL}, without a `ZeroPadding2D` before it.",
    matconvnet="Set `net.layers{i}.pad` of $layer to `0` or `[0 1 0 1]` (top, bottom, left, "
    "right): no padding at the top or the left.",
)

_ADVICE: dict[str, _Advice] = {
    "channels-swapped": _Advice(
        plain="Reverse the channels of the image once more: the weights expect the other order.",
        keras3=f"Pass the image in RGB, as `load_img` gives it, to {_VGG_PREPROCESS}, which makes "
        "BGR of it; leave out any other swap such as `x[..., ::-1]`.",
        matconvnet="MatConvNet's VGG16 takes RGB, as `imread` gives it: leave out a swap of the "
        "channels, or undo it with `im = im(:,:,[3 2 1])`.",
    ),
    "axes-swapped": _Advice(
        plain="Swap the rows and columns of the image once more: height comes before width.",
        keras3="Give `Input` the image as `img_to_array` returns it (height before width) and "
        "leave out any `transpose` of the two; `target_size` is (height, width).",
        matconvnet="Undo it with `im = permute(im, [2 1 3])`: `imread` gives height before width, "
        "but an array that another language wrote row by row arrives transposed.",
    ),
    "mean-missing": _Advice(
        plain="Subtract the mean ($rgb in RGB) from the image.",
        keras3=f"Call {_VGG_PREPROCESS} before `predict`.",
        matconvnet=f"Subtract the mean: {_SUBTRACT}.",
    ),
    "mean-twice": _Advice(
        plain="Subtract the mean ($rgb in RGB) once only.",
        keras3=f"Call {_VGG_PREPROCESS} once, and subtract no mean beside it.",
        matconvnet=f"Subtract the mean once only: {_SUBTRACT}.",
    ),
    "mean-swapped": _Advice(
        plain="Subtract $rgb from an image in RGB, $bgr from one in BGR.",
        keras3=f"Leave the mean to {_VGG_PREPROCESS}; where it is subtracted by hand, it is $bgr "
        "for BGR and $rgb for RGB.",
        matconvnet="Bring `net.meta.normalization.averageImage` into the image's order ($rgb for "
        "RGB): swap it with `averageImage(:,:,[3 2 1])`.",
    ),
    "scale-0-1": _Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Leave out the division by 255 (`x / 255`, `Rescaling`, `rescale=`) and call "
        f"{_VGG_PREPROCESS} on grey levels of 0…255.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        f"`im2double`, which scale it to 0…1; then {_SUBTRACT}.",
    ),
    "scale-pm1": _Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Use {_VGG_PREPROCESS}: scaling to −1…1 is what `preprocess_input` of other "
        "networks does (`mode='tf'`: MobileNet, Inception, Xception).",
        matconvnet="Leave out the scaling (`im / 127.5 - 1`): take `im = single(imread(file))`, "
        f"then {_SUBTRACT}.",
    ),
    "scale-after-mean": _Advice(
        plain="Leave out the division by 255 after the mean was subtracted.",
        keras3=f"Leave out the division by 255 after {_VGG_PREPROCESS}.",
        matconvnet=f"Leave out the division by 255 after {_SUBTRACT}.",
    ),
    "scale-0-1-mean-255": _Advice(
        plain="Keep grey levels of 0…255: the mean is of that range.",
        keras3=f"Call {_VGG_PREPROCESS} on grey levels of 0…255, without dividing by 255 first.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        "`im2double`: `averageImage` is of the range 0…255.",
    ),
    "scale-torch": _Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB); divide by nothing.",
        keras3=f"Use {_VGG_PREPROCESS} in place of torchvision's `Normalize` or of a "
        "`preprocess_input` with `mode='torch'`.",
        matconvnet="Leave out torchvision's mean and standard deviation: take "
        f"`im = single(imread(file))`, then {_SUBTRACT}.",
    ),
    "resize-*": _Advice(
        plain="Resize the image in the same way in every tool.",
        keras3="Name the filter: `load_img(file, target_size=…, interpolation=…)` takes 'nearest' "
        "(its default), 'bilinear', 'bicubic' and 'lanczos'.",
        matconvnet="Name the filter: `imresize(im, net.meta.normalization.imageSize(1:2), "
        "'bicubic')`; with `'Antialiasing', false` it weighs otherwise.",
    ),
    "kernels-rotated": _Advice(
        plain="Rotate the kernels of $layer by 180°: convolution flips them, correlation does not.",
        keras3=f"Flip the kernels of $layer once ({_FLIP}): TensorFlow correlates, so kernels of "
        "Theano must be flipped when they are loaded, and others must not.",
        keras2="The kernels of $layer are flipped once too often or too rarely: Theano flips them "
        "where TensorFlow does not. Call `keras.utils.convert_all_kernels_in_model(model)` once, "
        f"after loading another backend's weights; a single layer is mended by {_FLIP}.",
        matconvnet="Rotate the kernels of $linear: `w = net.layers{i}.weights{1}; "
        "net.layers{i}.weights{1} = flip(flip(w, 1), 2)` (`rot90(w, 2)` in MATLAB): `vl_nnconv` "
        "correlates.",
    ),
    "kernels-transposed": _Advice(
        plain="Swap the rows and columns of the kernels of $layer.",
        keras3="Store the kernels of $layer as height × width × inputs × outputs: "
        "`w, b = layer.get_weights(); layer.set_weights([w.transpose(1, 0, 2, 3), b])`.",
        matconvnet="Swap the first two axes of the kernels of $linear: `w = "
        "net.layers{i}.weights{1}; net.layers{i}.weights{1} = permute(w, [2 1 3 4])`.",
    ),
    "bias-missing": _Advice(
        plain="Add the bias of $layer.",
        keras3="Build $layer with `use_bias=True`, and check that its bias was loaded: "
        "`layer.get_weights()[1]`.",
        matconvnet="Put the bias of $linear into `net.layers{i}.weights{2}`; left empty, "
        "`vl_nnconv` adds none.",
    ),
    "relu-missing": _Advice(
        plain="Apply a ReLU to the output of $layer.",
        keras3="Build $layer with `activation='relu'`.",
        matconvnet="Put `struct('type', 'relu', 'name', '$name')` behind $linear in `net.layers`.",
    ),
    "softmax-missing": _Advice(
        plain="Apply a softmax to the output of $layer.",
        keras3="Build $layer with `activation='softmax'`.",
        matconvnet="Let `net.layers` end in `struct('type', 'softmax', 'name', 'prob')`, or apply "
        "`vl_nnsoftmax` to the output of $linear.",
    ),
    "relu-added": _Advice(
        plain="Leave out the ReLU between the last layer's sums and the softmax.",
        keras3="Build $layer with `activation='softmax'` alone: no `activation='relu'` and no "
        "`ReLU` layer before it.",
        matconvnet="Take the layer of type 'relu' between $linear and $layer out of `net.layers`.",
    ),
    "padding-valid": _Advice(
        plain="Pad the input of $layer with zeros, so that the map keeps its size.",
        keras3="Build $layer with `padding='same'`; Keras's default is 'valid'.",
        matconvnet="Set `net.layers{i}.pad = 1` at $linear (`vl_nnconv(…, 'pad', 1)`); its "
        "default is 0.",
    ),
    "pool-average": _Advice(
        plain="Let $layer take the maximum of each window.",
        keras3=f"Build $layer as {_MAX_POOL} in place of `AveragePooling2D`.",
        matconvnet="Set `net.layers{i}.method = 'max'` at $layer "
        "(`vl_nnpool(…, 'method', 'max')`).",
    ),
    "pool-padding": _NO_SHIFT,
    "pool-padding-top": _NO_SHIFT,
    "pool-padding-left": _NO_SHIFT,
    "flatten-*": _Advice(
        plain="Flatten the map before $layer in the order height, width, channels, or reorder "
        "the rows of its weights.",
        keras3="Give `layers.Flatten(data_format=…)` before $layer the layout that its input "
        "really has ('channels_last' or 'channels_first'): it then hands on height, width, "
        "channels, as the weights expect.",
        keras2="Let `keras.backend.image_data_format()`, or `Flatten(data_format=…)` before "
        "$layer, be the layout that the map really has: `Flatten` then hands on height, width, "
        "channels, as the weights expect.",
        matconvnet="Reorder the filters of $linear, which are height × width × channels × units: "
        "from rows that NumPy flattened as height, width, channels, "
        "`permute(reshape(w, [$channels $width $height $units]), [3 2 1 4])`.",
    ),
    "before-relu": _Advice(
        plain="Hand out the values of $layer after the ReLU.",
        keras3="Take the output of the layer that holds the ReLU: $layer with "
        "`activation='relu'`, or the `Activation` layer behind it.",
        matconvnet="Hand out what the ReLU leaves, that of $layer: layer `i` of `net.layers` "
        "leaves its output in `res(i+1).x`; `res(i).x` is what it was given.",
    ),
    "off-by-one": _Advice(
        plain="Hand out the values of $layer in place of those of $detail.",
        keras3="Cut the model at $layer, not at $detail: "
        "`keras.Model(model.inputs, model.get_layer('$name').output)`.",
        matconvnet="Read the output of $layer, not of $detail: layer `i` of `net.layers` leaves "
        "its output in `res(i+1).x`, since `res(1).x` is the input; look it up by its name.",
    ),
    "dropout": _Advice(
        plain="Switch off dropout behind $layer: features are taken in inference mode.",
        keras3="Ask for inference: `model(x, training=False)` or `model.predict(x)`, and build no "
        "`Dropout` behind $layer with `training=True`.",
        keras2="Ask for inference: `model.predict(x)`, or `keras.backend.set_learning_phase(0)` "
        "before the model is built, so that the `Dropout` behind $layer does nothing.",
        matconvnet="Run in test mode, in which the dropout behind $layer does nothing: "
        "`res = vl_simplenn(net, im, [], [], 'mode', 'test')`.",
    ),
    "relu-applied": _Advice(
        plain="Take the value of $layer before its activation.",
        keras3="Build $layer without `activation`, with an `Activation` layer after it, and read "
        "the former.",
        matconvnet="Read `res(i+1).x` of $linear, not of $layer, which comes after it.",
    ),
    "resize": _Advice(
        plain="Resize as the reference does (Pillow's bicubic, antialiased), or give the tensor "
        "that went into the network with `--input`.",
        keras3="Call `load_img(path, target_size=(height, width), interpolation='bicubic')`, or "
        "give the tensor that went into the network with `--input`.",
        matconvnet="Call `imresize(im, [height width], 'bicubic')`, or give the tensor that went "
        "into the network with `--input`.",
    ),
    "weights-other": _Advice(
        plain="Load the same weights as the other tools at $layer, not those of $detail.",
        keras3="Load this run's weights in place of those of $detail: `model.load_weights(file)`; "
        "check $layer with `layer.get_weights()`.",
        matconvnet="Load this run's file in place of $detail's: `net = "
        "vl_simplenn_tidy(load(file))`; check `net.layers{i}.weights` of $linear.",
    ),
    "precision-tf32": _Advice(
        plain="Let $layer multiply in float32; GPUs of NVIDIA use TF32 where they may.",
        keras3="Call `tf.config.experimental.enable_tensor_float_32_execution(False)` before "
        "the model runs.",
        keras2="Set `NVIDIA_TF32_OVERRIDE=0` in the environment, or run on the CPU.",
        matconvnet="Set `NVIDIA_TF32_OVERRIDE=0` in the environment before MATLAB starts, or run "
        "on the CPU (`vl_simplenn_move(net, 'cpu')`).",
    ),
    "precision-*": _Advice(
        plain="Let $layer multiply in float32 rather than in $rest.",
        keras3='Call `keras.config.set_dtype_policy("float32")` before the model is built, and '
        "set `ONEDNN_DEFAULT_FPMATH_MODE=STRICT` in the environment.",
        keras2="Set `floatX=float32` in `THEANO_FLAGS` and call "
        "`keras.backend.set_floatx('float32')` before the model is built.",
        matconvnet="Keep the weights and the image in `single`: nothing in `net` may have been "
        "rounded to $rest.",
    ),
    "policy-*": _Advice(
        plain="Compute and store $layer in float32 rather than in $rest.",
        keras3='Call `keras.config.set_dtype_policy("float32")` before the model is built; now '
        "the policy is $rest or mixed_$rest.",
        keras2="Call `keras.backend.set_floatx('float32')` before the model is built, and set "
        "`floatX=float32` in `THEANO_FLAGS`.",
        matconvnet="Compute in `single` throughout: no array on the way may have been held in "
        "$rest.",
    ),
}


def describe(cause: Cause) -> str:
    """One cause, as in "conv3_2: the kernels are rotated by 180°".

    Raises:
        KeyError: if there is no such mistake.
    """
    return f"{cause.place}: {Template(_TITLES[cause.mistake]).substitute(detail=cause.detail)}"


@dataclass(frozen=True)
class Voice:
    """In whose words to give advice: what a runner declares (`runners.base.Runner`).

    Attributes:
        tool: whose layer names to use; None for netparity's own.
        advice_for: keras2, keras3 or matconvnet; anything else for general advice.
        advice: a runner's own by mistake, used before any other.
    """

    tool: Tool | None = None
    advice_for: str = ""
    advice: Mapping[str, str] = field(default_factory=dict)


def advice(cause: Cause, voice: Voice, model: Model) -> str:
    """What to change, in a tool's own words and with its layer names.

    Args:
        cause: as found, or as `merge` put several together.

    Raises:
        KeyError: if there is no such mistake.
    """
    words, rest = _look_up(cause.mistake)
    text = {
        "keras3": words.keras3,
        "keras2": words.keras2 or words.keras3,
        "matconvnet": words.matconvnet,
    }.get(voice.advice_for, words.plain)
    text = voice.advice.get(cause.mistake, text)
    return Template(text).substitute(_filled(cause, voice.tool, model), rest=rest)


def merge(
    causes: Iterable[Cause], model: Model, compared: Collection[str] | None = None
) -> list[Cause]:
    """The same mistake at every layer that can have it becomes one cause of "every …".

    Args:
        compared: names of the layers whose features were compared; None for all of them. Such
            mistakes as other weights are named at these alone.

    Returns:
        In the order in which each mistake was first met.
    """
    merged: list[Cause] = []
    groups: dict[tuple[str, str], list[Cause]] = {}
    for cause in dict.fromkeys(causes):
        groups.setdefault((cause.mistake, cause.detail), []).append(cause)
    for (mistake, detail), group in groups.items():
        fitting = [layer for layer in model.layers if _fits(mistake, layer)]
        possible = {layer.name for layer in fitting}
        if compared is not None and mistake in _READ_AT_THE_END:
            possible &= set(compared)
        if len(group) > 1 and possible == {cause.place for cause in group}:
            merged.append(Cause(mistake, _every(fitting), detail))
        else:
            merged += group
    return merged


def _look_up(mistake: str) -> tuple[_Advice, str]:
    """The entry of a mistake or of its family, and what tells it from the others of that family."""
    if mistake in _ADVICE:
        return _ADVICE[mistake], ""
    family, _, rest = mistake.partition("-")
    return _ADVICE[f"{family}-*"], rest


def _fits(mistake: str, layer: Layer) -> bool:
    if mistake == "before-relu":
        return layer.activation == "relu"
    if mistake == "dropout":
        return layer.kind == "dense" and layer.activation == "relu"
    if mistake == "weights-other":
        return layer.parameters is not None
    return any(known.key == mistake and known.fits(layer) for known in LAYER_MISTAKES)


def _every(layers: Sequence[Layer]) -> str:
    kinds = {layer.kind for layer in layers}
    if kinds == {"conv"}:
        return "every convolution"
    if kinds == {"pool"}:
        return "every pool"
    if kinds == {"dense"}:
        return "every hidden dense layer"
    if all(layer.activation == "relu" for layer in layers):
        return "every layer with a ReLU"
    return "every layer"


def _filled(cause: Cause, tool: Tool | None, model: Model) -> dict[str, str]:
    """What stands for the placeholders; a place that is no layer stands for itself."""
    values = {
        "layer": cause.place,
        "linear": cause.place,
        "name": "…",
        "detail": cause.detail,
        "rgb": _triple(model.mean_rgb),
        "bgr": _triple(model.mean_rgb[::-1]),
    }
    layer = _layer(model, cause.place)
    if layer is not None:
        values["name"] = _named(layer, tool)
        values["layer"] = f"`{_named(layer, tool)}`"
        linear = layer.parameters if tool == "matconvnet" else None
        values["linear"] = f"`{linear or _named(layer, tool)}`"
        sizes = layer.kernel_shape or ()
        values |= zip(("height", "width", "channels", "units"), map(str, sizes), strict=False)
    if cause.mistake == "off-by-one" and (read := _layer(model, cause.detail)) is not None:
        values["detail"] = f"`{_named(read, tool)}`"
    return values


def _layer(model: Model, name: str) -> Layer | None:
    try:
        return model.layer(name)
    except UnknownLayerError:
        return None


def _named(layer: Layer, tool: Tool | None) -> str:
    return layer.names[tool] if tool else layer.name


def _triple(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
