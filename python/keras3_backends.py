"""The backends of Keras 3, each a file and a line in BACKENDS.

A backend without an entry runs too, as `Backend` says; its threads and kernels are then unknown.
"""

from __future__ import annotations

from keras3_backend import Backend
from keras3_jax import Jax
from keras3_tensorflow import TensorFlow
from keras3_torch import Torch

BACKENDS = {
    "tensorflow": TensorFlow("tensorflow", "TensorFlow"),
    "jax": Jax("jax", "JAX"),
    "torch": Torch("torch", "Torch"),
}


def backend_called(name: str) -> Backend:
    """Return what is known of the backend of this name, as KERAS_BACKEND has it."""
    return BACKENDS.get(name) or Backend(name, name)
