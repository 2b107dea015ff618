"""Extract VGG16 features with Keras 2.x on Theano.

python extract_keras2.py job.json
python extract_keras2.py --image photo.png --weights vgg16.h5 --layer fc6
"""

from __future__ import annotations

import importlib.metadata
import os
import shlex
import sys
from pathlib import Path
from typing import Any

from compat_keras20 import PrivateHome, nearest_load_img, restore_indexing
from compat_py311 import restore_removed_names
from extractor import main
from job_files import Architecture, Weights
from keras_home import ignore_user_keras_config
from keras_stack import KerasStack, check_data_format
from network_file import NetworkError, NetworkFile
from stack import Description, Settings
from tensors_file import read_tensors
from theano_profile import functions_so_far, in_words
from vgg16_topology import PUBLISHED, dense_names
from weights_file import original_backend

# Theano's own search for a BLAS fails on NumPy >= 1.22, and without a BLAS it is far slower.
THEANO_DEFAULTS = {"floatX": "float32", "blas.ldflags": "-lopenblas"}

LACKS: dict[str, str] = {}
"""Operations that cannot be built here: why, in words that follow "node 'x' (op): "."""


class Keras2(KerasStack):
    """Keras 2.x; the only supported backend is Theano."""

    home: PrivateHome | None = None
    stamp: bool = False
    theano: Any
    modules_at_start: int
    loading: list[Any]
    nodes: list[str] | None = None

    def start(self, settings: Settings) -> None:
        """Import Theano and Keras, and fix the data format.

        The number of threads comes from the environment: OMP_NUM_THREADS and OPENBLAS_NUM_THREADS
        are read when the libraries load, so they must be set before this process starts.

        Raises ValueError for an unknown data format.
        """
        check_data_format(settings.data_format)
        self.data_format = settings.data_format
        self.stamp = settings.options.get("stamp") == "yes"
        prepare_environment()
        restore_removed_names()

        import theano  # type: ignore[import-not-found]

        self.theano = theano
        self.modules_at_start = compiled_modules(theano)
        self.compiled_into = note_compilations(theano)

        if importlib.metadata.version("keras").startswith("2.0."):
            self.home = PrivateHome()
        elif self.stamp:
            raise ValueError("the option stamp=yes is for Keras 2.0.x only; leave it out")

        import keras  # type: ignore[import-not-found]
        from keras.preprocessing import image  # type: ignore[import-not-found]

        self.keras = keras
        self.load_img = image.load_img
        self.img_to_array = image.img_to_array
        if self.home:
            restore_indexing(keras)
            self.load_img = nearest_load_img(image.load_img)
        if settings.data_format == "channels_first":
            self.order_channels_first()

    def order_channels_first(self) -> None:
        """Set the axis order as in the 2017 post, also by its older name."""
        self.keras.backend.set_image_data_format("channels_first")
        if hasattr(self.keras.backend, "set_image_dim_ordering"):
            self.keras.backend.set_image_dim_ordering("th")

    def build(self, architecture: Architecture, weights_file: str) -> Any:
        """Build as every Keras does; if asked, from a file that says which Keras wrote it."""
        if self.home and self.stamp:
            weights_file = self.home.stamped(weights_file, self.keras.__version__)
        return super().build(architecture, weights_file)

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Build a network node by node from network.json and a .safetensors file.

        Raises ValueError naming node and operation for what cannot be built, or an unknown layer.
        """
        for node in network.nodes:
            if node.op in LACKS:
                raise NetworkError(f"node {node.name!r} ({node.op}): {LACKS[node.op]}")
        if weights.format != "safetensors":
            raise ValueError(
                f"weights have the format {weights.format!r}, expected 'safetensors'; Keras 2 "
                "builds any network from network.json and canonical weights"
            )
        from build_keras2 import Builder  # imports Theano and Keras, which `start` has configured

        self.keras.backend.set_learning_phase(0)
        self.takes_bgr = False
        self.built = "netparity, from the graph"
        self.tensors = read_tensors(weights.file)
        self.network = Builder(network, self.tensors, self.data_format).build()
        self.nodes = [node.name for node in network.nodes if not node.inner]
        self.use(self.cut(layers))
        self.loading = functions_so_far(self.theano)

    def timed_layers(self) -> list[str]:
        """As every Keras does; of a network built from the graph, its nodes."""
        return super().timed_layers() if self.nodes is None else self.nodes

    def published_vgg16(self, weights_file: str) -> Any:
        """Return Keras's own VGG16; Keras 2.0.x accepts no path, but looks in its home folder."""
        if self.home is None:
            return super().published_vgg16(weights_file)
        self.home.offer(weights_file)
        return self.keras.applications.vgg16.VGG16(weights="imagenet", include_top=True)

    def after_loading(self, network: Any, architecture: Architecture, weights_file: str) -> None:
        """Convert the weights as VGG16(weights='imagenet') does, if that was not used.

        In Keras 2.0.x this includes the rows of the first dense layer, because Flatten keeps the
        order of the axes there.
        """
        if self.home is None or architecture != PUBLISHED:
            self.flip_kernels(network, weights_file)
        if self.home and architecture != PUBLISHED and self.data_format == "channels_first":
            self.reorder_dense(network, architecture)
        self.loading = functions_so_far(self.theano)

    def reorder_dense(self, network: Any, architecture: Architecture) -> None:
        """Reorder the rows of fc1 from height, width, channels to channels, height, width."""
        if dense_names(architecture):
            pool = network.get_layer(f"block{len(architecture.blocks)}_pool")
            self.keras.utils.layer_utils.convert_dense_weights_data_format(
                network.get_layer(dense_names(architecture)[0]),
                pool.output_shape[1:],
                "channels_first",
            )

    def flip_kernels(self, network: Any, weights_file: str) -> None:
        """Flip every convolution kernel, unless Keras has done so.

        Theano convolves (it flips the kernel), TensorFlow correlates. On loading, Keras 2.x flips
        kernels only if the file's `backend` attribute names another backend. The published VGG16
        file has no such attribute: VGG16(weights='imagenet') therefore calls
        convert_all_kernels_in_model, but VGG16(weights=<path>) and load_weights() do not, and
        silently give wrong features.
        """
        if original_backend(weights_file) is None:
            self.keras.utils.convert_all_kernels_in_model(network)

    def describe(self) -> Description:
        """Say which Keras and Theano run, with which compiler, BLAS and compile cache."""
        config = self.theano.config
        library = blas_library()
        dim_ordering = getattr(self.keras.backend, "image_dim_ordering", None)
        new_modules = sum(1 for folder in self.compiled_into if (folder / "key.pkl").exists())
        return self.description(
            "Theano",
            self.theano.__version__,
            library["num_threads"] if library else None,
            blas_in_words(library),
            {
                "compile_cache": cache_state(self.modules_at_start, new_modules),
                "modules_compiled": str(new_modules),
                "openmp": str(config.openmp),
                "cxx": str(config.cxx),
                "blas.ldflags": str(config.blas.ldflags),
                "precision": str(config.floatX),
                **self.kernel_shapes(),
                **self.profiles(),
                **({"image_dim_ordering": dim_ordering()} if dim_ordering else {}),
            },
        )

    def kernel_shapes(self) -> dict[str, str]:
        """Return each convolution kernel's shape in memory; Theano accepts any shape."""
        if not hasattr(self, "network") or self.nodes is not None:
            return {}
        shapes = [
            f"{layer.name} {'x'.join(map(str, layer.get_weights()[0].shape))}"
            for layer in self.network.layers
            if type(layer).__name__ == "Conv2D"
        ]
        return {"kernel_shapes": ", ".join(shapes)}

    def profiles(self) -> dict[str, str]:
        """Return what Theano's profiler reports about loading and about everything after it."""
        if not self.theano.config.profile or not hasattr(self, "loading"):
            return {}
        after = functions_so_far(self.theano)[len(self.loading) :]
        return {
            f"profile.{when}.{key}": value
            for when, functions in (("load", self.loading), ("predict", after))
            for key, value in in_words(functions).items()
        }


def prepare_environment() -> None:
    """Set the variables that Theano and Keras read at import; given THEANO_FLAGS are kept."""
    os.environ["KERAS_BACKEND"] = "theano"
    ignore_user_keras_config()
    # A ~/.theanorc would change runs in ways that no result shows.
    os.environ.setdefault("THEANORC", os.devnull)
    os.environ["THEANO_FLAGS"] = complete_flags(os.environ.get("THEANO_FLAGS", ""))


def complete_flags(flags: str) -> str:
    """Return comma-separated Theano flags with the missing defaults appended.

    >>> complete_flags("floatX=float64")
    'floatX=float64,blas.ldflags=-lopenblas'
    """
    # Split as Theano does: a quoted path may contain a comma.
    splitter = shlex.shlex(flags, posix=True)
    splitter.whitespace, splitter.whitespace_split = ",", True
    keys = {flag.partition("=")[0].strip() for flag in splitter}
    missing = [f"{key}={value}" for key, value in THEANO_DEFAULTS.items() if key not in keys]
    return ",".join(([flags] if keys else []) + missing)


def cache_state(before: int, new: int) -> str:
    """Return whether the compile cache had nothing, something or everything that was needed."""
    if new == 0:
        return "warm"
    return "partly warm" if before else "cold"


def note_compilations(theano: Any) -> list[Path]:
    """Return a list that gets the folder of every module that this process compiles from now on.

    A module that stays in the cache has a `key.pkl` there. Not all new ones of the cache need be
    this process's: another one may compile while this one is stopped.
    """
    compiler = theano.gof.cmodule.GCC_compiler
    compile_module = compiler.compile_str
    folders: list[Path] = []

    def compile_and_note(*given: Any, location: str | None = None, **options: Any) -> Any:
        if location is not None:
            folders.append(Path(location))
        return compile_module(*given, location=location, **options)

    compiler.compile_str = staticmethod(compile_and_note)
    return folders


def compiled_modules(theano: Any) -> int:
    """Return the number of compiled modules in Theano's cache."""
    return sum(1 for _ in Path(theano.config.compiledir).glob("*/key.pkl"))


def blas_in_words(library: dict[str, Any] | None) -> str | None:
    """Return name, version and kernels of a BLAS, as `openblas 0.3.21 SkylakeX`."""
    if library is None:
        return None
    words = (library.get(key) for key in ("internal_api", "version", "architecture"))
    return " ".join(str(word) for word in words if word)


def blas_library() -> dict[str, Any] | None:
    """Return threadpoolctl's entry for the BLAS that Theano links, None if it is unknown.

    NumPy and SciPy bring their own BLAS libraries, in folders called numpy.libs and scipy.libs.
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
