"""Extract VGG16 features with Keras 3 on the backend that KERAS_BACKEND names.

python extract_keras3.py job.json
python extract_keras3.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from accelerator import memory_of
from extractor import main
from job_files import Architecture, Preprocessing, Weights
from keras3_backend import Backend
from keras3_backends import backend_called
from keras3_file import check_input, load_file, written_by
from keras3_outputs import every_operation, outputs_by_name
from keras3_settings import check_settings, policy_of
from keras_home import ignore_user_keras_config
from keras_networks import PREFIX, is_application, own_preprocessing
from keras_stack import KerasStack, model_to
from network_file import NetworkFile
from stack import Description, Settings
from weights_file import original_backend


class Keras3(KerasStack):
    """Keras 3."""

    backend: Backend
    call: str
    precision: str
    policy: str | None
    function: Callable[[Any], Any] | None
    outputs: dict[str, Any] | None = None
    file_backend: str | None = None
    name: str = ""

    def start(self, settings: Settings) -> None:
        """Import the backend and Keras, and fix threads and data format.

        Raises ValueError for settings that this backend does not support.
        """
        self.backend = backend_called(os.environ.setdefault("KERAS_BACKEND", "tensorflow"))
        check_settings(settings, self.backend)
        self.call = settings.options.get("call", "predict")
        self.precision = settings.options.get("precision", "float32")
        self.policy = policy_of(self.precision)
        self.data_format = settings.data_format
        ignore_user_keras_config()
        self.backend.start(settings)

        import keras  # type: ignore[import-not-found]

        keras.config.set_image_data_format(settings.data_format)
        keras.config.set_dtype_policy(self.policy or "float32")
        self.keras = self.backend.keras = keras
        self.load_img = keras.utils.load_img
        self.img_to_array = keras.utils.img_to_array

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """As every Keras does; refuses a file name that would mislead Keras 3."""
        check_weights_name(weights_file)
        with self.memory_of_device():
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
        self.name = network.name
        with self.memory_of_device():
            self.network = load_file(self.keras, weights.file)
        if self.policy is not None:
            self.compute_in(self.policy)
        self.built = written_by(weights.file)
        if self.built == "the file" and is_application(self.keras, network.name):
            self.built = f"keras.applications.{network.name.removeprefix(PREFIX)}, saved"
        if not weights.file.endswith(".keras"):
            self.file_backend = original_backend(weights.file)
        check_input(weights.file, self.network, network, self.data_format)
        self.outputs = outputs_by_name(self.keras, self.network)
        self.use(self.cut(layers))

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """As every Keras does; a network of keras.applications has a function of its own for it."""
        function = own_preprocessing(self.keras, self.name, preprocessing)
        if function is None:
            return super().preprocess_as(image_files, shape, preprocessing)
        images = [self.decode(file, target_size=tuple(shape[:2])) for file in image_files]
        pixels = np.stack([self.img_to_array(image, "channels_last") for image in images])
        return self.from_canonical(function(pixels))

    def compute_in(self, policy: str) -> None:
        """Have every layer of a file's model compute in another precision than the file says."""
        for operation in every_operation(self.keras, self.network):
            if isinstance(operation, self.keras.layers.Layer):
                operation.dtype_policy = policy

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
        own_method = self.call in ("predict", "on_batch")
        self.function = None if own_method else self.backend.function(model, self.call)

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one float32 array per layer, in main memory, however the model is called."""
        with self.memory_of_device():
            return [output.astype(np.float32, copy=False) for output in self.outputs_of(tensor)]

    def outputs_of(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer."""
        if self.call == "predict":
            return super().predict(tensor)
        if self.function is None:
            return as_list(self.model.predict_on_batch(tensor))
        # Converted first: a `tf.function` would trace anew for every NumPy array.
        outputs = self.function(self.backend.to_tensor(tensor))
        return [self.backend.to_array(output) for output in as_list(outputs)]

    def memory_of_device(self) -> AbstractContextManager[None]:
        """Have a full GPU reported in one sentence; see `accelerator.memory_of`."""
        backend = self.backend
        return memory_of(backend.title, backend.device, backend.peak_bytes)

    def describe(self) -> Description:
        """Say which Keras and backend run, with which threads and kernels."""
        backend = self.backend
        flags = {"call": self.call, "precision": self.precision}
        if self.policy is not None:
            flags["dtype_policy"] = self.policy
        if self.file_backend is not None:
            # Keras 3 takes the kernels of Theano's files as they are: rotated by 180 degrees.
            flags["file_backend"] = self.file_backend
        description = self.description(
            backend.title,
            backend.version,
            backend.threads_found(),
            backend.kernels(),
            {**flags, **backend.flags()},
        )
        return replace(description, versions={**description.versions, **backend.versions})


def as_list(outputs: Any) -> list[Any]:
    """Return what a model gives as a list: of one output it gives no list."""
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def check_weights_name(weights_file: str) -> None:
    """Raise ValueError for a name by which Keras 3 would expect another format."""
    if weights_file.endswith(".weights.h5") or not weights_file.endswith((".h5", ".hdf5")):
        raise ValueError(
            f"weights file '{weights_file}' has a name by which Keras 3 expects another "
            "format; rename it to end in '.h5', and not in '.weights.h5'"
        )


if __name__ == "__main__":
    sys.exit(main(Keras3(), sys.argv[1:]))
