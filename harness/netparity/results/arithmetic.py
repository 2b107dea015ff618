"""The kinds of reduced precision in words, and how each tool is told to compute in float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netparity.protocol import Arithmetic

TITLES: dict[Arithmetic, str] = {
    "tf32": "TF32 (or float16 operands) in every product",
    "tf32-convolutions": "TF32 (or float16 operands) in convolutions only",
    "bfloat16-products": "products of bfloat16 operands, summed and stored in float32",
    "bfloat16x3": "three products of bfloat16 parts (high of JAX)",
    "bfloat16": "bfloat16 operands and results",
    "float16": "float16 operands and results",
    "mixed-bfloat16": "mixed precision with bfloat16 (autocast)",
    "mixed-float16": "mixed precision with float16 (autocast)",
    "bfloat16-stored": "float32, stored as bfloat16 afterwards",
    "float16-stored": "float32, stored as float16 afterwards",
    "winograd": "float32 with Winograd convolutions",
    "fast-math": "float32 with inexact sums (Winograd or FFT convolutions, fast math)",
}

_TF32_OFF = {
    "pytorch": "torch.backends.cudnn.allow_tf32 = False for convolutions, and "
    "torch.set_float32_matmul_precision('highest') for matrix products",
    "jax": "jax.config.update('jax_default_matmul_precision', 'highest')",
    "tensorflow": "tf.config.experimental.enable_tensor_float_32_execution(False)",
    "onnxruntime": "use_tf32=0 among the options of CUDAExecutionProvider",
    "openvino": "INFERENCE_PRECISION_HINT f32",
    "matconvnet": "NVIDIA_TF32_OVERRIDE=0 in the environment before MATLAB starts",
    "theano": "NVIDIA_TF32_OVERRIDE=0 in the environment",
}
_NARROW_OFF = {
    "pytorch": "no .half(), .bfloat16() or torch.autocast, and "
    "torch.set_float32_matmul_precision('highest')",
    "jax": "float32 parameters and inputs, and "
    "jax.config.update('jax_default_matmul_precision', 'highest')",
    "tensorflow": "keras.config.set_dtype_policy('float32') before the model is built, and "
    "ONEDNN_DEFAULT_FPMATH_MODE=STRICT in the environment",
    "onnxruntime": "a model file that was not converted to float16 or bfloat16",
    "openvino": "INFERENCE_PRECISION_HINT f32",
    "matconvnet": "single throughout",
    "theano": "floatX=float32 in THEANO_FLAGS",
}
_EXACT_SUMS = {
    "pytorch": "torch.backends.cudnn.enabled = False, or the CPU",
    "jax": "jax.config.update('jax_default_matmul_precision', 'highest')",
    "tensorflow": "TF_ENABLE_WINOGRAD_NONFUSED=0 in the environment",
    "openvino": "INFERENCE_PRECISION_HINT f32",
    "matconvnet": "the option 'NoCuDNN' of vl_nnconv",
}
_TOOLS = {
    "pytorch": "PyTorch",
    "jax": "JAX",
    "tensorflow": "TensorFlow",
    "onnxruntime": "ONNX Runtime",
    "openvino": "OpenVINO",
    "matconvnet": "MatConvNet",
    "theano": "Theano",
}
_OF_RUNNERS = {
    "keras3-torch": "pytorch",
    "keras3-jax": "jax",
    "keras3-tensorflow": "tensorflow",
    "tf-keras": "tensorflow",
    "keras2-theano": "theano",
    "matconvnet-matlab": "matconvnet",
    "matconvnet-octave": "matconvnet",
}
"""Runners that are not called like their tool."""


def in_words(kinds: Sequence[Arithmetic]) -> str:
    """The kinds that explain an error, and whether they can be told apart.

    Args:
        kinds: at least one, the best first.
    """
    titles = [TITLES[kind] for kind in kinds]
    if len(titles) == 1:
        return titles[0]
    return f"{', or '.join(titles)}; they cannot be told apart here"


def ways_out(kind: Arithmetic) -> list[str]:
    """How each tool is told to compute in float32 instead: the tool, a colon, and the setting."""
    if kind.endswith("-stored"):
        return ["save the feature as float32"]
    return [f"{_TOOLS[tool]}: {setting}" for tool, setting in _settings(kind).items()]


def way_out_of(kind: Arithmetic, runner: str) -> str | None:
    """How the tool of one runner is told to compute in float32 instead; None if unknown."""
    if kind.endswith("-stored"):
        return "save the feature as float32"
    return _settings(kind).get(_OF_RUNNERS.get(runner, runner))


def _settings(kind: Arithmetic) -> Mapping[str, str]:
    if kind.startswith("tf32"):
        return _TF32_OFF
    return _EXACT_SUMS if kind in ("winograd", "fast-math") else _NARROW_OFF
