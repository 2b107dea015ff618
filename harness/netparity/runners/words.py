"""Runners as people call them: other spellings, and tools that are no runners."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

SERVING = {
    "tensorflow": "keras3-tensorflow or tf-keras",
    "tf": "keras3-tensorflow or tf-keras",
    "tf2": "keras3-tensorflow",
    "tensorflow2": "keras3-tensorflow",
    "keras": "keras3-tensorflow (Keras 3), tf-keras (Keras 2) or keras2-theano (Keras 2 on Theano)",
    "keras2": "tf-keras (on TensorFlow) or keras2-theano (on Theano)",
    "keras3": "keras3-tensorflow, keras3-jax or keras3-torch",
    "keras-tensorflow": "keras3-tensorflow",
    "keras-theano": "keras2-theano",
    "keras2-tensorflow": "tf-keras",
    "theano": "keras2-theano",
    "torch": "pytorch",
    "torchvision": "pytorch",
    "jax": "keras3-jax",
    "flax": "keras3-jax",
    "matlab": "matconvnet-matlab, or matconvnet-octave without a licence",
    "octave": "matconvnet-octave",
    "matconvnet": "matconvnet-octave or matconvnet-matlab",
    "onnx": "onnxruntime",
    "ort": "onnxruntime",
    "opencv": "opencv-dnn",
    "cv2": "opencv-dnn",
    "intel": "openvino",
}
"""The runners that serve for the name of a tool."""

_CAFFE = (
    "a Caffe network is read with --model deploy.prototxt --weights net.caffemodel and computed by "
    "any runner, for example: --runner opencv-dnn"
)
_BY_ONNX = "export the network as ONNX and compare that: --model net.onnx --runner onnxruntime"
_INSTEAD = {
    **dict.fromkeys(("caffe", "pycaffe"), _CAFFE),
    **dict.fromkeys(("numpy", "reference", "float64"), "the float64 reference is always computed"),
    **dict.fromkeys(
        (
            *("caffe2", "mxnet", "gluon", "cntk", "chainer", "paddle", "paddlepaddle", "darknet"),
            *("tensorrt", "trt", "tflite", "coreml", "ncnn", "mnn", "tvm", "mindspore"),
        ),
        _BY_ONNX,
    ),
    **dict.fromkeys(
        ("torch7", "lua", "luatorch"),
        "read its file in Python (torchfile), save the arrays as .npz and run: --runner pytorch",
    ),
}
"""What to do for tools that no runner drives."""


def runner_called(name: str, names: Collection[str]) -> str | None:
    """The name of a runner, in any case and with `_` or nothing for `-`; None if it is none."""
    if name in names:
        return name
    return next((known for known in names if _bare(known) == _bare(name)), None)


def unknown_runner(name: str, names: Collection[str]) -> str:
    """A sentence for a name that no runner has."""
    listed = f"expected one of {', '.join(names)}"
    text = name.lower().replace("_", "-")
    bare = {key: value for key, value in SERVING.items() if _bare(key) == _bare(text)}
    if serving := next(iter(bare.values()), None):
        return f"unknown runner {name!r}; give --runner {serving}; {listed}"
    if instead := _INSTEAD.get(_bare(text)):
        return f"netparity has no runner {name!r}; {instead}; {listed}"
    near = get_close_matches(text[:80], [known.lower() for known in names], n=1, cutoff=0.6)
    question = f"; did you mean {near[0]}?" if near else ";"
    return f"unknown runner {name!r}{question} {listed}"


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
