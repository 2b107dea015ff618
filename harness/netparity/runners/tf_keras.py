"""tf-keras: Keras 2 as it is developed on inside TensorFlow 2."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netparity.networks.writing import WRITERS, Writer
from netparity.runners.base import PER_LAYER, Option
from netparity.runners.environments import Stack
from netparity.runners.keras import CALL, KerasRunner


class TfKeras(KerasRunner):
    """`tf-keras`."""

    name = "tf-keras"
    network_format = "tf-keras"
    # tf-keras wants the package `tensorflow`, in whose place `tensorflow-cpu` is installed.
    stack = Stack(
        "tf-keras",
        ">=3.11,<3.14",
        lists=("tf-keras", "keras3-tensorflow"),
        complete=True,
        download_megabytes=340,
        disk_megabytes=1560,
    )
    script = "extract_tf_keras.py"
    packages = ("tf-keras", "tensorflow", "tensorflow-cpu")
    modules = ("tf_keras", "tensorflow")
    colour = "#a0522d"
    advice: ClassVar = dict.fromkeys(
        ("policy-bfloat16", "policy-float16", "precision-bfloat16", "precision-float16"),
        'Call `tf_keras.mixed_precision.set_global_policy("float32")` before the model is built.',
    )
    options: ClassVar = {
        # TensorFlow's convolutions on a CPU support no other order.
        "data_format": Option("order of the axes inside the network", ("channels_last",)),
        "call": CALL,
        "per_layer": PER_LAYER,
    }

    @property
    def writer(self) -> Writer:
        """Keras 3's: the extractor builds with tf-keras what such a file states."""
        return WRITERS["keras"]

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """TensorFlow logs warnings and errors only."""
        return {"TF_CPP_MIN_LOG_LEVEL": "1"}
