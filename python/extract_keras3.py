"""Extract VGG16 features with Keras 3 on TensorFlow.

python extract_keras3.py job.json
python extract_keras3.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from extractor import ignore_user_keras_config, main
from job_files import Architecture
from keras_stack import KerasStack, check_data_format, library_versions
from stack import Description, Settings

CALLS = ("predict", "direct", "function", "jit")
"""How users ask Keras for a prediction, job option `call`: `model.predict(x)`; `model(x)`, eagerly;
the same in a `tf.function`; and that compiled by XLA (`jit_compile`)."""


class Keras3(KerasStack):
    """Keras 3; the only backend handled is TensorFlow."""

    tensorflow: Any
    call: str
    function: Any

    def start(self, settings: Settings) -> None:
        """Import TensorFlow and Keras, and fix threads and data format.

        Raises ValueError for settings that this stack cannot honour.
        """
        backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        check_settings(settings, backend)
        self.call = settings.options.get("call", "predict")
        self.data_format = settings.data_format
        ignore_user_keras_config()

        import tensorflow  # type: ignore[import-untyped,import-not-found,unused-ignore]

        self.tensorflow = tensorflow
        set_threads(tensorflow, settings.threads)

        import keras  # type: ignore[import-not-found]

        keras.config.set_image_data_format(settings.data_format)
        self.keras = keras
        self.load_img = keras.utils.load_img
        self.img_to_array = keras.utils.img_to_array

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """As every Keras does; refuses a file name that would mislead Keras 3."""
        check_weights_name(weights_file)
        super().load(architecture, weights_file, layers)

    def use(self, model: Any) -> None:
        """As every Keras does; made callable in the way that the job asks for."""
        super().use(model)
        self.function = self.way_of_calling()

    def way_of_calling(self) -> Any:
        """Return a function of a tensor that gives TensorFlow tensors; None for `model.predict`."""
        if self.call == "predict":
            return None

        def model(tensor: Any) -> Any:
            return self.model(tensor, training=False)

        if self.call == "direct":
            return model
        return self.tensorflow.function(model, jit_compile=self.call == "jit")

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer, in main memory, however the model is called."""
        if self.function is None:
            return super().predict(tensor)
        # Converted first, or `function` would trace anew for every array it is given.
        outputs = self.function(self.tensorflow.convert_to_tensor(tensor))
        several = isinstance(outputs, list | tuple)
        return [output.numpy() for output in (outputs if several else [outputs])]

    def describe(self) -> Description:
        """Say which Keras and TensorFlow ran, with which threads and kernels."""
        threading = self.tensorflow.config.threading
        keras_version = self.keras.__version__
        tensorflow_version = self.tensorflow.__version__
        return Description(
            code=f"Keras {keras_version} on TensorFlow {tensorflow_version}",
            versions={
                "keras": keras_version,
                "tensorflow": tensorflow_version,
                **library_versions(),
            },
            # TensorFlow says 0 for "as many as it likes"
            threads_found=threading.get_intra_op_parallelism_threads() or None,
            blas=kernels_in_force(),
            flags={
                "call": self.call,
                "precision": str(self.keras.config.dtype_policy().name),
                "inter_op_threads": str(threading.get_inter_op_parallelism_threads()),
                "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "unset"),
            },
        )


def check_settings(settings: Settings, backend: str) -> None:
    """Raise ValueError, saying what to change, for what Keras 3 on TensorFlow cannot do."""
    check_data_format(settings.data_format)
    if backend != "tensorflow":
        raise ValueError(
            f"KERAS_BACKEND is {backend!r}, but this extractor runs Keras 3 on 'tensorflow'; "
            "set KERAS_BACKEND=tensorflow or unset it"
        )
    if settings.data_format == "channels_first":
        raise ValueError(
            "data_format is 'channels_first', but TensorFlow convolves on a CPU in "
            "'channels_last' only; choose data_format 'channels_last' for this runner"
        )
    call = settings.options.get("call", "predict")
    if call not in CALLS:
        raise ValueError(f"option call is {call!r}, expected one of {CALLS}; mend the job")


def check_weights_name(weights_file: str) -> None:
    """Keras 3 tells the format by the name, and takes `*.weights.h5` for its own newer layout."""
    if weights_file.endswith(".weights.h5") or not weights_file.endswith((".h5", ".hdf5")):
        raise ValueError(
            f"weights file '{weights_file}' has a name that Keras 3 takes for another "
            "format; rename it to end in '.h5', and not in '.weights.h5'"
        )


def set_threads(tensorflow: Any, threads: int | None) -> None:
    """Bound the threads of one operation; run operations one at a time.

    VGG16 is a chain, so a second inter-op thread could only add cores beyond the number asked for.
    """
    if threads:
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def kernels_in_force() -> str | None:
    """Return whose matrix and convolution kernels TensorFlow says it uses, None when it is mute."""
    try:
        # Not public, but the only place where TensorFlow tells; its own tests ask here.
        from tensorflow.python.util import _pywrap_util_port  # type: ignore

        return "Eigen and oneDNN" if _pywrap_util_port.IsMklEnabled() else "Eigen"
    except (ImportError, AttributeError):
        return None


if __name__ == "__main__":
    sys.exit(main(Keras3(), sys.argv[1:]))
