"""What Keras 2 and Keras 3 have in common, given the imported `keras` module."""

from __future__ import annotations

import importlib
import platform
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from job_files import Architecture, Preprocessing
from native_image import mean_image_of, normalised, resized
from stack import Description, Settings
from vgg16_topology import PUBLISHED, dense_names, dense_units
from weights_file import check_weights

DATA_FORMATS = ("channels_last", "channels_first")


class KerasStack:
    """A `Stack` (see stack.py), except for `start` and `describe`, which each Keras adds.

    title, library: what this Keras is called, and its module.
    """

    title = "Keras"
    library = "keras"
    keras: Any
    load_img: Any
    img_to_array: Any
    data_format: str
    model: Any
    network: Any
    built: str | None = None
    takes_bgr: bool = True
    tensors: Mapping[str, np.ndarray] = MappingProxyType({})

    def start(self, settings: Settings) -> None:
        """Import the framework and fix its settings."""
        raise NotImplementedError

    def describe(self) -> Description:
        """Say what runs; see `description`."""
        raise NotImplementedError

    def description(
        self,
        backend: str,
        version: str,
        threads_found: int | None,
        blas: str | None,
        flags: dict[str, str],
    ) -> Description:
        """Say that this Keras runs on a backend of this name and version."""
        keras = str(self.keras.__version__)
        return Description(
            code=f"{self.title} {keras} on {backend} {version}",
            versions={"keras": keras, backend.lower(): version, **library_versions()},
            threads_found=threads_found,
            blas=blas,
            flags=flags,
            built=self.built,
        )

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """Build the model that outputs these layers, with the weights in memory.

        Raises ValueError for an unknown layer or a weights file of another network.
        """
        check_weights(weights_file, architecture)
        network = self.build(architecture, weights_file)
        self.after_loading(network, architecture, weights_file)
        self.network = network
        self.use(self.cut(layers))

    def build(self, architecture: Architecture, weights_file: str) -> Any:
        """Return the whole network with its weights, in Keras's current data format.

        Raises ValueError naming the file when Keras cannot load it.
        """
        try:
            if architecture == PUBLISHED:
                self.built = f"{self.library}.applications.vgg16.VGG16"
                return self.published_vgg16(weights_file)
            self.built = f"netparity, with the layers of {self.library}.applications.vgg16.VGG16"
            network = build_like_vgg16(self.keras, architecture)
            network.load_weights(weights_file)
            return network
        except Exception as error:
            # Some of Keras's errors have no message.
            reason = f"{type(error).__name__}: {error}"
            raise ValueError(
                f"Keras cannot load weights file '{weights_file}': {reason}; convert it again"
            ) from error

    def published_vgg16(self, weights_file: str) -> Any:
        """Return Keras's own VGG16 with the weights of a file."""
        return self.keras.applications.vgg16.VGG16(weights=weights_file, include_top=True)

    def use(self, model: Any) -> None:
        """Make this the model that `predict` computes."""
        self.model = model

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each layer's name and a prediction of a model that ends there."""
        wanted = set(layers)
        for name in self.timed_layers():
            self.use(self.cut([name]))
            yield name, lambda: self.predict(tensor)
            wanted.discard(name)
            if not wanted:
                return

    def timed_layers(self) -> list[str]:
        """Return the layers that the option `per_layer` times, in an order of computation."""
        return [layer.name for layer in self.network.layers[1:]]

    def cut(self, layers: list[str]) -> Any:
        """Return the model from the network's input to these layers' outputs, and no further."""
        return cut_at(self.keras, self.network, layers)

    def after_loading(self, network: Any, architecture: Architecture, weights_file: str) -> None:
        """Adapt freshly loaded kernels to the backend's conventions; nothing to do by default."""

    def preprocess(self, image_files: list[str], size: list[int]) -> np.ndarray:
        """Decode, resize and normalise as Keras's own VGG16 example does.

        load_img resizes with its default, nearest neighbour; preprocess_input turns RGB into BGR
        and subtracts the means. Returns N x H x W x 3 or N x 3 x H x W float32.
        """
        batches = []
        for image_file in image_files:
            image = self.decode(image_file, target_size=tuple(size))
            pixels = np.expand_dims(self.img_to_array(image), axis=0)
            batches.append(self.keras.applications.vgg16.preprocess_input(pixels))
        return np.ascontiguousarray(np.vstack(batches))

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """Decode with load_img, resize with Pillow as it does, and normalise as stated.

        Returns N x H x W x C or N x C x H x W float32. Raises ValueError naming the image.
        """
        if len(shape) != 3:
            raise ValueError(f"the network's input has the shape {shape}, which is not an image's")
        images = []
        for image_file in image_files:
            image = self.decode(image_file)
            if preprocessing.order == "grey":
                image = image.convert("L")
            image = resized(image, (shape[0], shape[1]), preprocessing)
            pixels = np.asarray(image, np.float32)
            images.append(pixels.reshape(*pixels.shape[:2], -1))
        mean_image = mean_image_of(preprocessing, self.tensors)
        return self.from_canonical(normalised(np.stack(images), preprocessing, mean_image))

    def decode(self, image_file: str, **options: Any) -> Any:
        """Return Keras's load_img of a file, a Pillow image. Raises ValueError naming the file."""
        try:
            return self.load_img(image_file, **options)
        except Exception as error:  # Pillow names no file, and raises many types
            raise ValueError(f"image '{image_file}' cannot be read: {error}") from error

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer; the whole tensor is one batch."""
        outputs = self.model.predict(tensor, batch_size=len(tensor), verbose=0)
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    def from_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """N x H x W x C to this run's data format; RGB to BGR for Keras's VGG16."""
        ordered = tensor[..., ::-1] if self.takes_bgr else tensor
        if self.data_format == "channels_first" and ordered.ndim == 4:
            ordered = ordered.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(ordered, dtype=np.float32)

    def to_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """The inverse of `from_canonical`."""
        ordered = self.feature_to_canonical(tensor)
        return np.ascontiguousarray(ordered[..., ::-1] if self.takes_bgr else ordered)

    def feature_to_canonical(self, feature: np.ndarray) -> np.ndarray:
        """A layer's output to N x H x W x C; N x K stays."""
        if feature.ndim == 4 and self.data_format == "channels_first":
            return feature.transpose(0, 2, 3, 1)
        return feature


def check_data_format(data_format: str) -> None:
    """Raise ValueError unless it is one of Keras's two."""
    if data_format not in DATA_FORMATS:
        raise ValueError(
            f"data_format is {data_format!r}, expected one of {DATA_FORMATS}; correct the job or "
            "the --data-format option"
        )


def build_like_vgg16(keras: Any, architecture: Architecture) -> Any:
    """Return VGG16's topology and layer names in another size, weights not yet loaded.

    Mirrors keras.applications.vgg16.VGG16, so that only the widths differ.
    """
    layers = keras.layers
    height, width = architecture.input_size
    channels_last = keras.backend.image_data_format() == "channels_last"
    x = inputs = layers.Input(shape=(height, width, 3) if channels_last else (3, height, width))
    for block, widths in enumerate(architecture.blocks, start=1):
        for position, filters in enumerate(widths, start=1):
            name = f"block{block}_conv{position}"
            x = layers.Conv2D(filters, (3, 3), activation="relu", padding="same", name=name)(x)
        x = layers.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    if dense_names(architecture):
        x = layers.Flatten(name="flatten")(x)
    for name, units in zip(dense_names(architecture), dense_units(architecture), strict=True):
        activation = "softmax" if name == "predictions" else "relu"
        x = layers.Dense(units, activation=activation, name=name)(x)
    return keras.models.Model(inputs, x)


def cut_at(keras: Any, network: Any, layers: list[str]) -> Any:
    """Return the model from the network's input to these layers' outputs, and no further.

    Raises ValueError listing the layers there are.
    """
    outputs = {layer.name: layer.output for layer in network.layers[1:]}
    return model_to(keras, network, outputs, layers)


def model_to(keras: Any, network: Any, outputs: dict[str, Any], layers: list[str]) -> Any:
    """Return the model from the network's input to these layers' outputs, given all outputs.

    Raises ValueError listing the layers there are.
    """
    unknown = [name for name in layers if name not in outputs]
    if unknown:
        raise ValueError(f"the model has no layer {unknown[0]!r}; ask for one of {list(outputs)}")
    return keras.models.Model(network.inputs, [outputs[name] for name in layers])


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of the other libraries that can change a result."""
    modules = {"numpy": "numpy", "h5py": "h5py", "pillow": "PIL"}
    found = {name: str(importlib.import_module(m).__version__) for name, m in modules.items()}
    return {"python": platform.python_version(), **found}
