"""Keras 3 on TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netparity.runners.base import PER_LAYER, Option
from netparity.runners.environments import Stack
from netparity.runners.keras import KerasRunner


class Keras3Tensorflow(KerasRunner):
    """`keras3-tensorflow`."""

    name = "keras3-tensorflow"
    network_format = "keras"
    stack = Stack("keras3-tensorflow", ">=3.11,<3.14", download_megabytes=340, disk_megabytes=1540)
    script = "extract_keras3.py"
    packages = ("keras", "tensorflow", "tensorflow-cpu")
    modules = ("keras", "tensorflow")
    # The first is the base of ratios: its times have one mode, those of model.predict have two.
    default_rows = ("keras3-tensorflow[call=function]", "keras3-tensorflow")
    colour = "#d55e00"
    options: ClassVar = {
        # TensorFlow's convolutions on a CPU support no other order.
        "data_format": Option("order of the axes inside the network", ("channels_last",)),
        "call": Option(
            "model.predict(x), model.predict_on_batch(x), model(x), model(x) in a tf.function, or "
            "the same compiled by XLA",
            ("predict", "on_batch", "direct", "function", "jit"),
        ),
        "per_layer": PER_LAYER,
    }

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """Selects the backend; TensorFlow logs warnings and errors only."""
        return {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "1"}
