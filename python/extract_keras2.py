"""Extract VGG16 features with Keras 2.x on Theano.

python extract_keras2.py job.json
python extract_keras2.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from compat_py311 import restore_removed_names
from extractor import Description, Settings, ignore_user_keras_config, main
from keras_stack import KerasStack, check_data_format, library_versions
from weights_file import original_backend

# Theano's own look-up of a BLAS fails on numpy >= 1.22; without one it convolves far slower.
THEANO_DEFAULTS = {"floatX": "float32", "blas.ldflags": "-lopenblas"}


class Keras2(KerasStack):
    """Keras 2.x; the only backend handled is Theano."""

    theano: Any
    modules_at_start: int

    def start(self, settings: Settings) -> None:
        """Import Theano and Keras, and fix the data format.

        Threads are the environment's: OMP_NUM_THREADS and OPENBLAS_NUM_THREADS are read when the
        libraries load, so whoever starts this process sets them.

        Raises ValueError for an unknown data format.
        """
        check_data_format(settings.data_format)
        self.data_format = settings.data_format
        prepare_environment()
        restore_removed_names()

        import theano  # type: ignore[import-not-found]

        self.theano = theano
        self.modules_at_start = compiled_modules(theano)

        import keras  # type: ignore[import-not-found]
        from keras.preprocessing import image  # type: ignore[import-not-found]

        keras.backend.set_image_data_format(settings.data_format)
        self.keras = keras
        self.load_img = image.load_img
        self.img_to_array = image.img_to_array

    def after_loading(self, network: Any, weights_file: str) -> None:
        """Flip every convolution kernel, unless Keras has done so.

        Theano convolves (it flips the kernel), TensorFlow correlates. Keras 2.x flips kernels while
        loading only if the file's `backend` attribute says that they are another backend's. The
        published VGG16 file has no attribute: VGG16(weights='imagenet') makes up for it by
        convert_all_kernels_in_model, VGG16(weights=<path>) and load_weights() do not, and give
        wrong features without a word.
        """
        if original_backend(weights_file) is None:
            self.keras.utils.convert_all_kernels_in_model(network)

    def describe(self) -> Description:
        """Say which Keras and Theano ran, with which compiler, BLAS and compile cache."""
        keras_version = self.keras.__version__
        theano_version = self.theano.__version__
        config = self.theano.config
        library = blas_library()
        new_modules = compiled_modules(self.theano) - self.modules_at_start
        return Description(
            code=f"Keras {keras_version} on Theano {theano_version}",
            versions={
                "keras": keras_version,
                "theano": theano_version,
                **library_versions(),
            },
            threads_found=library["num_threads"] if library else None,
            blas=blas_in_words(library),
            flags={
                "compile_cache": cache_state(self.modules_at_start, new_modules),
                "modules_compiled": str(new_modules),
                "openmp": str(config.openmp),
                "cxx": str(config.cxx),
                "blas.ldflags": str(config.blas.ldflags),
                "precision": str(config.floatX),
            },
        )


def prepare_environment() -> None:
    """Set what Theano and Keras read at import. The user's own THEANO_FLAGS win."""
    os.environ["KERAS_BACKEND"] = "theano"
    ignore_user_keras_config()
    # A ~/.theanorc would make two machines' runs differ in ways no result file shows.
    os.environ.setdefault("THEANORC", os.devnull)
    os.environ["THEANO_FLAGS"] = complete_flags(os.environ.get("THEANO_FLAGS", ""))


def complete_flags(flags: str) -> str:
    """Return comma-separated Theano flags with the missing defaults appended.

    >>> complete_flags("floatX=float64")
    'floatX=float64,blas.ldflags=-lopenblas'
    """
    # As Theano splits them: a path in quotes may hold a comma.
    splitter = shlex.shlex(flags, posix=True)
    splitter.whitespace, splitter.whitespace_split = ",", True
    keys = {flag.partition("=")[0].strip() for flag in splitter}
    missing = [f"{key}={value}" for key, value in THEANO_DEFAULTS.items() if key not in keys]
    return ",".join(([flags] if keys else []) + missing)


def cache_state(before: int, new: int) -> str:
    """Return whether the compile cache held nothing, something, or everything that was needed."""
    if new == 0:
        return "warm"
    return "partly warm" if before else "cold"


def compiled_modules(theano: Any) -> int:
    """Return how many operations Theano has compiled into its cache so far."""
    return sum(1 for _ in Path(theano.config.compiledir).glob("*/key.pkl"))


def blas_in_words(library: dict[str, Any] | None) -> str | None:
    """Return name, version and kernels of a BLAS, as `openblas 0.3.21 SkylakeX`."""
    if library is None:
        return None
    words = (library.get(key) for key in ("internal_api", "version", "architecture"))
    return " ".join(str(word) for word in words if word)


def blas_library() -> dict[str, Any] | None:
    """Return threadpoolctl's entry for the BLAS that Theano links, None when it cannot be told.

    numpy and scipy carry BLAS libraries of their own, in folders called numpy.libs and scipy.libs.
    """
    try:
        from threadpoolctl import threadpool_info  # type: ignore
    except ImportError:
        return None
    linked = [
        entry
        for entry in threadpool_info()
        if entry["user_api"] == "blas" and not Path(entry["filepath"]).parent.name.endswith(".libs")
    ]
    return linked[0] if linked else None


if __name__ == "__main__":
    sys.exit(main(Keras2(), sys.argv[1:]))
