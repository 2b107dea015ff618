"""What the Keras runners share."""

from __future__ import annotations

from netparity.runners.base import Option
from netparity.runners.python_tool import PythonRunner
from netparity.weights.formats import keras_h5

DATA_FORMAT = Option("order of the axes inside the network", ("channels_last", "channels_first"))

CALL = Option(
    "model.predict(x), model.predict_on_batch(x), model(x), or model(x) compiled as a function",
    ("predict", "on_batch", "direct", "function"),
)

PRECISION = Option(
    "arithmetic of convolutions and matrix products; the backend's own choice if left out, which "
    "is tf32 on most GPUs",
    ("float32", "tf32", "bfloat16", "float16"),
)


class KerasRunner(PythonRunner):
    """Keras on some backend."""

    tool = "keras"
    weights_format = keras_h5.NAME
    advice_for = "keras3"
