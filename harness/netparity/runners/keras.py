"""What the Keras runners share."""

from __future__ import annotations

from netparity.runners.python_tool import PythonRunner
from netparity.weights.formats import keras_h5


class KerasRunner(PythonRunner):
    """Keras on some backend."""

    tool = "keras"
    weights_format = keras_h5.NAME
    advice_for = "keras3"
