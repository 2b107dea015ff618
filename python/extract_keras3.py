"""Extract VGG16 features with Keras 3 on the backend that KERAS_BACKEND names.

python extract_keras3.py job.json
python extract_keras3.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from extractor import ignore_user_keras_config, main
from job_files import Architecture, Weights
from keras3_backends import Backend, backend_called
from keras3_file import check_input, load_file, written_by
from keras3_outputs import outputs_by_name
from keras_stack import KerasStack, check_data_format, model_to
from network_file import NetworkFile
from stack import Description, Settings
from weights_file import original_backend


class Keras3(KerasStack):
    """Keras 3."""

    backend: Backend
    call: str
    function: Callable[[Any], Any] | None
    outputs: dict[str, Any] | None = None
    file_backend: str | None = None

    def start(self, settings: Settings) -> None:
        """Import the backend and Keras, and fix threads and data format.

        Raises ValueError for settings that this backend does not support.
        """
        self.backend = backend_called(os.environ.setdefault("KERAS_BACKEND", "tensorflow"))
        check_settings(settings, self.backend)
        self.call = settings.options.get("call", "predict")
        self.data_format = settings.data_format
        ignore_user_keras_config()
        self.backend.start(settings.threads)

        import keras  # type: ignore[import-not-found]

        keras.config.set_image_data_format(settings.data_format)
        self.keras = self.backend.keras = keras
        self.load_img = keras.utils.load_img
        self.img_to_array = keras.utils.img_to_array

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """As every Keras does; refuses a file name that would mislead Keras 3."""
        check_weights_name(weights_file)
        super().load(architecture, weights_file, layers)

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Load a .keras file, or an .h5 file with a configuration.

        Raises ValueError for a file that cannot be used or an unknown layer.
        """
        if weights.format != "keras":
            raise ValueError(
                f"weights have the format {weights.format!r}, expected 'keras'; Keras 3 runs any "
                "network from a .keras or .h5 file"
            )
        self.takes_bgr = False
        self.network = load_file(self.keras, weights.file)
        self.built = written_by(weights.file)
        if not weights.file.endswith(".keras"):
            self.file_backend = original_backend(weights.file)
        check_input(weights.file, self.network, network, self.data_format)
        self.outputs = outputs_by_name(self.keras, self.network)
        self.use(self.cut(layers))

    def timed_layers(self) -> list[str]:
        """As every Keras does; of a file's model, also the layers of nested models."""
        return super().timed_layers() if self.outputs is None else list(self.outputs)

    def cut(self, layers: list[str]) -> Any:
        """As every Keras does; of a file's model, also at layers of nested models."""
        if self.outputs is None:
            return super().cut(layers)
        return model_to(self.keras, self.network, self.outputs, layers)

    def use(self, model: Any) -> None:
        """As every Keras does; called in the way that the job asks for."""
        super().use(model)
        predict = self.call == "predict"
        self.function = None if predict else self.backend.function(model, self.call)

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer, in main memory, however the model is called."""
        if self.function is None:
            return super().predict(tensor)
        # Converted first: a `tf.function` would trace anew for every NumPy array.
        outputs = self.function(self.backend.to_tensor(tensor))
        several = isinstance(outputs, list | tuple)
        return [self.backend.to_array(output) for output in (outputs if several else [outputs])]

    def describe(self) -> Description:
        """Say which Keras and backend run, with which threads and kernels."""
        backend = self.backend
        flags = {"call": self.call, "precision": str(self.keras.config.dtype_policy().name)}
        if self.file_backend is not None:
            # Keras 3 takes the kernels of Theano's files as they are: rotated by 180 degrees.
            flags["file_backend"] = self.file_backend
        return self.description(
            backend.title,
            backend.version,
            backend.threads_found(),
            backend.kernels(),
            {**flags, **backend.flags()},
        )


def check_settings(settings: Settings, backend: Backend) -> None:
    """Raise ValueError, saying what to change, for settings that the backend does not support."""
    check_data_format(settings.data_format)
    if settings.data_format not in backend.data_formats:
        [supported] = backend.data_formats
        raise ValueError(
            f"data_format is {settings.data_format!r}, but {backend.title} convolves on a CPU in "
            f"{supported!r} only; choose data_format {supported!r} for this runner"
        )
    call = settings.options.get("call", "predict")
    if call not in backend.calls:
        raise ValueError(
            f"option call is {call!r}, expected one of {backend.calls} on {backend.title}; "
            "correct the job"
        )


def check_weights_name(weights_file: str) -> None:
    """Raise ValueError for a name by which Keras 3 would expect another format."""
    if weights_file.endswith(".weights.h5") or not weights_file.endswith((".h5", ".hdf5")):
        raise ValueError(
            f"weights file '{weights_file}' has a name by which Keras 3 expects another "
            "format; rename it to end in '.h5', and not in '.weights.h5'"
        )


if __name__ == "__main__":
    sys.exit(main(Keras3(), sys.argv[1:]))
