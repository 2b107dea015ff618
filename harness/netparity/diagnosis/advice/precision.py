"""How to turn off reduced precision, in each tool."""

from __future__ import annotations

from collections.abc import Mapping

_MIXED = (
    "PyTorch: leave out `torch.autocast` and `.half()` or `.bfloat16()`; Keras: "
    "`keras.config.set_dtype_policy('float32')`; JAX: "
    "`jax.config.update('jax_default_matmul_precision', 'highest')`"
)

_OFF: Mapping[str, str] = {
    "tf32": "PyTorch: `torch.backends.cudnn.allow_tf32 = False` (convolutions) and "
    "`torch.backends.cuda.matmul.allow_tf32 = False` (dense layers); JAX: "
    "`jax.config.update('jax_default_matmul_precision', 'highest')`; TensorFlow: "
    "`tf.config.experimental.enable_tensor_float_32_execution(False)`; any tool: "
    "`NVIDIA_TF32_OVERRIDE=0` in the environment",
    "bfloat16": _MIXED,
}


def turning_off(arithmetic: str) -> str:
    """The arithmetic that a verdict of reduced precision has found, and how to turn it off.

    Args:
        arithmetic: `tf32` or `bfloat16`.
    """
    name = {"tf32": "TF32"}.get(arithmetic, arithmetic)
    return (
        f"the error has the size and the direction of rounding operands to {name}; to turn it off: "
        f"{_OFF[arithmetic]}"
    )
