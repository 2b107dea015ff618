"""Reading a Keras file as the network that it states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks.checking import checked
from netparity.networks.graph import Input, Network, Preprocessing
from netparity.networks.reading.base import ReadNetwork
from netparity.networks.reading.keras import local_response
from netparity.networks.reading.keras.building import Builder
from netparity.networks.reading.keras.call import Era
from netparity.networks.reading.keras.config import Model, every_layer, model_of
from netparity.networks.reading.keras.own import with_own
from netparity.networks.reading.keras.plain import is_plain
from netparity.networks.reading.keras.saved import Saved, saved
from netparity.networks.reading.keras.walk import Walk
from netparity.protocol.lazy import LazyMapping

_OWN = 3
_OF_TF_KERAS = 2
_KERAS1 = {"Convolution2D", "AtrousConvolution2D", "Merge"}
_KERAS1_FIELDS = {"nb_filter", "output_dim", "border_mode", "dim_ordering"}
_PASSING = {"identity", "dropout", "resize", "crop", "pad", "transpose"}
_VALUE_BY_VALUE = {"Add", "Multiply"}
"""Functions of `keras.ops` behind `x + y` and `x * y`."""


def read(source: Source, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    """The network of a `.keras` or `.h5` file and its weights.

    Args:
        input_size: height and width of the input, where the file leaves them open or has others.

    Raises:
        InputError: naming layer and class if netparity does not understand one of them, or if the
            file is damaged.
    """
    with reading(source.path, "a Keras model", "network"):
        return network_of(saved(source), input_size)


def network_of(parts: Saved, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    """The network of a saved model.

    Raises:
        GraphError: as `read`.
        DamagedError: if an array is not one of floats.
    """
    model = model_of(parts.config)
    version = parts.version or (1 if _is_keras1(model) else 2)
    build = Builder()
    walk = Walk(model, Era(version, parts.backend, parts.release), build, input_size, parts.inner)
    walk.outermost(model, parts.weights)
    local_response.finish(build)
    nodes = {node.name for node in build.nodes}
    network = Network(
        name=model.name,
        inputs=tuple(_preprocessed(walk.inputs, build)),
        nodes=tuple(
            replace(node, inner=True) if node.name in parts.inner else node for node in build.nodes
        ),
        tensors={name: tensor.shape for name, tensor in build.tensors.items()},
        aliases={alias: name for alias, name in walk.aliases.items() if alias not in nodes},
        origin="keras",
    )
    tensors = LazyMapping(build.tensors, lambda name: build.tensors[name].load())
    # In a file that netparity wrote, Keras would find other names.
    own = not parts.inner and not walk.resized and _gives_every_node(model)
    complete = checked(with_own(network, parts.own))
    tool = _loaded_by(parts) if own else ""
    return ReadNetwork(complete, tensors, tuple(build.notes), tool)


def _loaded_by(parts: Saved) -> str:
    """Which Keras loads the file as it is, and gives each layer by its name; empty if none.

    A file that does not say its version is taken for one of Keras 1 by tf-keras.
    """
    if parts.version is not None and parts.version >= _OWN:
        return "keras"
    plain = parts.version == _OF_TF_KERAS and parts.backend in ("", "tensorflow")
    return "tf-keras" if plain and is_plain(parts.config) else ""


def _gives_every_node(model: Model) -> bool:
    """Whether Keras can be asked for every output, in channels_last.

    TensorFlow does not run most layers in channels_first on a CPU, and functions of `keras.ops` may
    have their axes in another order than the nodes that stand for them.
    """
    return not any(
        (layer.operation and layer.kind not in _VALUE_BY_VALUE)
        or layer.config.get("data_format") == "channels_first"
        for layer in every_layer(model)
    )


def _is_keras1(model: Model) -> bool:
    """Whether the classes and fields are those of Keras 1."""
    return any(
        layer.kind in _KERAS1 or _KERAS1_FIELDS & set(layer.config) for layer in every_layer(model)
    )


def _preprocessed(inputs: Iterable[Input], build: Builder) -> Iterable[Input]:
    """Inputs that the network scales itself take images as they are."""
    copies = {node.name: node.inputs[0] for node in build.nodes if node.op in _PASSING}
    readers = set[str]()
    for node in build.nodes:
        source = node.inputs[0] if node.name in build.scalings else ""
        while source in copies:
            source = copies[source]
        readers.add(source)
    for entry in inputs:
        channels = entry.shape[-1] if len(entry.shape) == 3 else 0
        if entry.name in readers and channels in (1, 3):
            preprocessing = Preprocessing(order="RGB" if channels == 3 else "grey")
            yield replace(entry, preprocessing=preprocessing)
        else:
            yield entry
