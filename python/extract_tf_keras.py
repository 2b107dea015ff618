"""Extract features with tf-keras, Keras 2 as it is developed on inside TensorFlow 2.

python extract_tf_keras.py job.json
python extract_tf_keras.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import replace
from typing import Any

from build_tf_keras import build
from extract_keras3 import Keras3
from extractor import main
from job_files import Weights
from keras3_backend import Backend
from keras3_file import ModelFileError, check_input, read_config, refuse_code
from keras3_settings import check_settings
from keras3_tensorflow import TensorFlow
from keras_home import ignore_user_keras_config
from network_file import NetworkFile
from stack import Description, Settings
from weights_file import original_backend


class TfKeras(Keras3):
    """tf-keras; a model is called in the ways of Keras 3 on TensorFlow."""

    title = "tf-keras"
    library = "tf_keras"

    def start(self, settings: Settings) -> None:
        """Import TensorFlow and tf-keras, and fix threads and data format.

        Raises ValueError for settings that are not supported.
        """
        self.backend: Backend = TensorFlow("tensorflow", "TensorFlow")
        check_settings(settings, self.backend)
        self.call = settings.options.get("call", "predict")
        self.precision, self.policy = "float32", None
        self.data_format = settings.data_format
        ignore_user_keras_config()
        self.backend.start(settings)

        import tf_keras  # type: ignore[import-not-found]

        tf_keras.backend.set_image_data_format(settings.data_format)
        self.keras = tf_keras
        self.load_img = tf_keras.utils.load_img
        self.img_to_array = tf_keras.utils.img_to_array

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Build from the .keras file that netparity writes, or load a user's file of Keras 2.

        Raises ValueError for a file that cannot be used or an unknown layer.
        """
        if weights.format not in ("tf-keras", "keras"):
            raise ValueError(
                f"weights have the format {weights.format!r}, expected 'tf-keras' (a .keras file "
                "of netparity's) or 'keras' (a file of Keras 2)"
            )
        self.takes_bgr = False
        refuse_code(weights.file, read_config(weights.file), self.library)
        if release_of(weights.file).startswith("3"):
            self.built = "netparity, from the graph"
            self.network, self.outputs = build(self.keras, self.backend.framework, weights.file)
        else:
            self.built = "the file"
            self.network = load_file(self.keras, weights.file)
            if not weights.file.endswith(".keras"):
                self.file_backend = original_backend(weights.file)
            inputs = self.network.inputs
            self.outputs = {
                layer.name: layer.output
                for layer in self.network.layers
                if not any(layer.output is entry for entry in inputs)
            }
        check_input(weights.file, self.network, network, self.data_format)
        self.use(self.cut(layers))

    def describe(self) -> Description:
        """Say which tf-keras and TensorFlow run, with which threads and kernels."""
        description = super().describe()
        versions = {"tf-keras": description.versions["keras"], **description.versions}
        del versions["keras"]
        return replace(description, versions=versions)


def release_of(path: str) -> str:
    """Return the version of Keras that a .keras file states; empty if it is an .h5 file."""
    if not path.endswith(".keras"):
        return ""
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read("metadata.json"))
    return str(metadata.get("keras_version", ""))


def load_file(keras: Any, path: str) -> Any:
    """Return the model in a user's file of Keras 2. Raises ModelFileError naming the file."""
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many types, some without a message
        reason = f"{type(error).__name__}: {error}"
        raise ModelFileError(f"tf-keras cannot load model file '{path}': {reason}") from error


if __name__ == "__main__":
    sys.exit(main(TfKeras(), sys.argv[1:]))
