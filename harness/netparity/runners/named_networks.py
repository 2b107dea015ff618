"""Networks that a framework makes by name: `keras:ResNet50`, `torchvision:resnet18`.

The framework makes the network once, in its own environment, and saves it as a file in the cache,
which is then read as any other file. Which names there are is the framework's to say.
"""

from __future__ import annotations

from pathlib import Path

from netparity.networks import opening
from netparity.networks.catalogue import catalogue_name
from netparity.networks.input_size import InputSize
from netparity.networks.reading.base import ReadNetwork
from netparity.runners.environments import Environments
from netparity.runners.frameworks import Framework, framework_of
from netparity.runners.making_networks import make_network
from netparity.system.paths import usable_path
from netparity.watch import SILENT, Watch
from netparity.weights.made_network import MadeNetwork


def named_networks(
    model: str | None,
    weights: str | None,
    environments: Environments,
    watch: Watch = SILENT,
    input_size: InputSize | None = None,
) -> tuple[str | MadeNetwork | None, str | None]:
    """`--model` and `--weights` with each network that is named by its framework made.

    Args:
        model: anything that `resolve_model` takes; `keras:NAME` becomes a `MadeNetwork`.
        weights: likewise. A file that the framework itself loads into this network becomes part of
            it; the name of a network means its weights.
        input_size: height and width; None for the framework's own.

    Returns:
        Both as `resolve_model` takes them.

    Raises:
        UsageError: if the framework has no network of the name.
        SetupError: if its environment cannot be made, or the network cannot.
    """
    model = _as_known(model)
    if model is None and framework_of(weights) is not None:
        model = weights
    if weights is not None and weights == model:
        weights = None
    framework = framework_of(model)
    own = None
    if weights is not None:
        own = _own_weights(framework, weights) if framework is not None else None
        weights = file_of(weights, environments, watch, input_size) if own is None else None
    if framework is None or model is None:
        return model, weights
    return make_network(model, environments, watch, input_size, own), weights


def open_named(
    name_or_path: str,
    environments: Environments,
    watch: Watch = SILENT,
    input_size: InputSize | None = None,
) -> ReadNetwork:
    """As `opening.open_network`, also for a network that its framework makes.

    Raises:
        UsageError: if there is no such network and no such file.
        SetupError: as `named_networks`.
        InputError: if it is not understood.
    """
    if framework_of(name_or_path) is None:
        return opening.open_network(name_or_path, input_size)
    return make_network(name_or_path, environments, watch, input_size).read(watch, input_size)


def file_of(
    text: str,
    environments: Environments,
    watch: Watch = SILENT,
    input_size: InputSize | None = None,
) -> str:
    """The path of the file of a network that is named by its framework; other texts as they are."""
    if framework_of(text) is None:
        return text
    return str(make_network(text, environments, watch, input_size).file)


def _as_known(model: str | None) -> str | None:
    """The catalogue's spelling of a network of its own, unless there is a file of that name."""
    known = None if model is None else catalogue_name(model)
    return model if known is None or Path(model or "").exists() else known


def _own_weights(framework: Framework, weights: str) -> Path | None:
    """A file of weights alone that the framework loads itself; None for anything else."""
    path = Path(weights).expanduser()
    if not weights.lower().endswith(framework.suffixes) or not path.is_file():
        return None
    path = usable_path(path, "weights").absolute()
    return path if opening.stated_network(path) is None else None
