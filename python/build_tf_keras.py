"""A network in tf-keras, from the .keras file that netparity writes for Keras 3.

Layers are tf-keras's own; what Keras 3 calls otherwise, computes otherwise or has as an operation
is translated here. Nothing that the file says is imported: every name is looked up in a table.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from keras3_file import ModelFileError, read_config

LAYERS = (
    *("Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "Dense", "BatchNormalization"),
    *("LayerNormalization", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D"),
    *("GlobalMaxPooling2D", "ZeroPadding2D", "Cropping2D", "UpSampling2D", "Resizing"),
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Dropout", "Rescaling"),
    *("Flatten", "Reshape", "Permute", "Concatenate", "Add", "Subtract", "Multiply"),
)
"""Layers that tf-keras has under the same names, with the same meaning."""

RENAMED: dict[str, dict[str, str | None]] = {
    "LeakyReLU": {"negative_slope": "alpha"},
    "Resizing": {"data_format": None},
}
"""What a layer's settings are called in tf-keras, where it is another name; None if it has none."""

ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "elu", "selu", "gelu")
"""Activations that mean the same in both."""


def operations(tf: Any) -> dict[str, Callable[..., Any]]:
    """Return what computes each operation of Keras 3, and each layer that tf-keras lacks."""

    def pad(x: Any, value: float = 0.0, *, pad_width: Any, mode: str) -> Any:
        return tf.pad(x, pad_width, mode=mode, constant_values=value)

    def length(x: Any, axis: Any) -> Any:
        return tf.sqrt(tf.reduce_sum(x * x, axis=axis, keepdims=True))

    return {
        "Pad": pad,
        "Mean": lambda x, axis, keepdims: tf.reduce_mean(x, axis=axis, keepdims=keepdims),
        "Sum": lambda x, axis, keepdims: tf.reduce_sum(x, axis=axis, keepdims=keepdims),
        "Add": tf.add,
        "Divide": tf.divide,
        "Maximum": tf.maximum,
        "Minimum": tf.minimum,
        "Power": tf.pow,
        "Sqrt": tf.sqrt,
        "Gelu": lambda x, approximate: tf.nn.gelu(x, approximate=approximate),
        "silu": tf.nn.silu,
        # In Keras 2 its slope is 0.2.
        "hard_sigmoid": lambda x: tf.nn.relu6(x + 3) / 6,
        "hard_silu": lambda x: x * (tf.nn.relu6(x + 3) / 6),
        "UnitNormalization": lambda x, axis: x / tf.maximum(length(x, axis), 1e-12),
    }


def build(keras: Any, tf: Any, path: str) -> tuple[Any, dict[str, Any]]:
    """Return the model in a file, with its weights, and each layer's output by name.

    Raises ModelFileError naming the file, and the layer that is not known.
    """
    config = read_config(path)["config"]
    maker = _Maker(keras, tf)
    for entry in config["layers"]:
        try:
            maker.add(entry)
        except Exception as error:  # Keras and TensorFlow raise many types
            layer = f"layer {entry['name']!r} ({entry['class_name']})"
            reason = f"{type(error).__name__}: {error}"
            raise ModelFileError(
                f"model file '{path}': {layer} cannot be built in tf-keras: {reason}"
            ) from error
    inputs, outputs = (maker.outputs_named(config[f"{end}_layers"]) for end in ("input", "output"))
    model = keras.models.Model(inputs, outputs)
    load_weights(path, maker.layers)
    return model, {name: maker.outputs[name] for name in maker.outputs if name in maker.computed}


class _Maker:
    """Makes one layer after another; `computed` are those that are no inputs."""

    def __init__(self, keras: Any, tf: Any) -> None:
        self.keras, self.operations = keras, operations(tf)
        self.layers: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.computed: set[str] = set()

        class Operation(keras.layers.Layer):  # type: ignore[misc]
            """A layer that computes a function of its inputs, constants and settings."""

            def __init__(self, name: str, function: Any, arguments: list[Any], settings: Any):
                super().__init__(name=name)
                self.function, self.arguments, self.settings = function, arguments, settings

            def call(self, inputs: Any) -> Any:
                given = iter(inputs)
                arguments = [next(given) if _is_tensor(a) else a for a in self.arguments]
                return self.function(*arguments, **self.settings)

        self.operation = Operation

    def add(self, entry: dict[str, Any]) -> None:
        """Add a layer, called with the outputs of those before it."""
        name, kind, config = entry["name"], entry["class_name"], dict(entry["config"])
        if kind == "InputLayer":
            self.outputs[name] = self.keras.layers.Input(config["batch_shape"][1:], name=name)
            return
        arguments = entry["inbound_nodes"][0]["args"]
        activation = config.get("activation") if kind == "Activation" else None
        if entry["module"] != "keras.layers" or kind == "UnitNormalization":
            settings = {key: value for key, value in config.items() if key != "name"}
            self.outputs[name] = self.computing(name, kind, arguments, settings)
        elif activation is not None and activation not in ACTIVATIONS:
            self.outputs[name] = self.computing(name, activation, arguments, {})
        elif kind in LAYERS:
            names = RENAMED.get(kind, {})
            named = {names.get(key, key): value for key, value in config.items()}
            settings = {key: value for key, value in named.items() if key is not None}
            layer = self.layers[name] = getattr(self.keras.layers, kind)(**settings)
            [given] = arguments
            self.outputs[name] = layer(self.tensors(given))
        else:
            raise ValueError("it is not known")
        self.computed.add(name)

    def computing(self, name: str, function: str, arguments: list[Any], settings: Any) -> Any:
        """Return the output of a function of `operations`."""
        tensors = [self.tensors(each) for each in arguments if _is_tensor(each)]
        return self.operation(name, self.operations[function], arguments, settings)(tensors)

    def tensors(self, given: Any) -> Any:
        """Return the outputs that an argument names: one, or a list of them."""
        if isinstance(given, list):
            return [self.tensors(each) for each in given]
        return self.outputs[given["config"]["keras_history"][0]]

    def outputs_named(self, places: list[Any]) -> list[Any]:
        """Return the outputs that `input_layers` or `output_layers` name."""
        listed = places if isinstance(places[0], list) else [places]
        return [self.outputs[name] for name, _, _ in listed]


def _is_tensor(argument: Any) -> bool:
    return isinstance(argument, dict)


def load_weights(path: str, layers: dict[str, Any]) -> None:
    """Give each layer its arrays; a group of the file names the layer that they belong to."""
    import h5py  # type: ignore[import-untyped,import-not-found,unused-ignore]

    with (
        zipfile.ZipFile(path) as archive,
        archive.open("model.weights.h5") as member,
        h5py.File(io.BufferedReader(cast(io.RawIOBase, member)), "r") as file,
    ):
        for group in file["layers"].values() if "layers" in file else ():
            arrays = group["vars"]
            values = [np.asarray(arrays[str(place)]) for place in range(len(arrays))]
            if values:  # also inputs have a group
                layers[arrays.attrs["name"]].set_weights(values)
