"""Frameworks that have networks of their own, known by name: `keras:ResNet50`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netparity.runners.environments import Stack
from netparity.runners.keras3_tensorflow import Keras3Tensorflow
from netparity.runners.pytorch import Pytorch


@dataclass(frozen=True)
class Framework:
    """Where networks with one prefix come from.

    Attributes:
        prefix: before the colon.
        title: of the collection.
        stack: the environment that makes them.
        script: the program in `python/` that makes one.
        helpers: what it imports there; a change of any of them makes all networks anew.
        packages: whose versions decide what a name means.
        suffixes: of files with weights that the framework itself loads into its networks.
        variables: of the environment of the program.
    """

    prefix: str
    title: str
    stack: Stack
    script: str
    helpers: tuple[str, ...]
    packages: tuple[str, ...]
    suffixes: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


KERAS = Framework(
    prefix="keras",
    title="keras.applications",
    stack=Keras3Tensorflow.stack,
    script="make_keras_network.py",
    helpers=("keras_home.py", "keras_networks.py", "affine_map.py", "network_maker.py"),
    packages=("keras", "tensorflow", "tensorflow-cpu"),
    suffixes=(".h5", ".hdf5"),
    variables={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "1"},
)
TORCHVISION = Framework(
    prefix="torchvision",
    title="torchvision.models",
    stack=Pytorch.stack,
    script="make_torchvision_network.py",
    helpers=(
        *("network_maker.py", "onnx_file.py", "torchvision_import.py"),
        *("torchvision_networks.py", "traced_network.py"),
    ),
    packages=("torch", "torchvision"),
    suffixes=(".pth", ".pt"),
)
FRAMEWORKS = {framework.prefix: framework for framework in (KERAS, TORCHVISION)}
"""By prefix; a new one is an entry here and a program in `python/`."""


def framework_of(text: str | None) -> Framework | None:
    """The framework whose prefix a text has; None if it has none, as most paths."""
    prefix, colon, _ = (text or "").partition(":")
    return FRAMEWORKS.get(prefix.lower()) if colon else None
