"""From `--model` and `--weights` to a network with its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from netparity.errors import InputError, UsageError
from netparity.files import strangers
from netparity.networks import NETWORKS, Network, network_called
from netparity.networks.matching import known_as, match_alike, match_beginning, match_catalogue
from netparity.networks.reading.base import ReadNetwork
from netparity.system.paths import usable_path
from netparity.watch import Watch
from netparity.weights import structure_files
from netparity.weights.keras_images import SENTENCE, prepared_as_for_keras
from netparity.weights.made_network import MadeNetwork
from netparity.weights.matching import naming_map
from netparity.weights.network_files import stated_network
from netparity.weights.opened import WeightFile, open_weights
from netparity.weights.sources import WeightSet, of_network_file, of_weight_file, resolve

DEFAULT_MODEL = "vgg16"
DEFAULT_WEIGHTS = "synthetic:0"


@dataclass(frozen=True)
class Model:
    """A network and its weights, which are read or made when they are first asked for."""

    network: Network
    find_weights: Callable[[], WeightSet] = field(repr=False)

    @cached_property
    def weights(self) -> WeightSet:
        """The weights.

        Raises:
            InputError: if a file cannot be read, or they are not the network's.
        """
        return self.find_weights()


def resolve_model(
    model: str | MadeNetwork | None,
    weights: str | None,
    watch: Watch,
    input_size: tuple[int, int] | None = None,
    changed: Callable[[Network], Network] = lambda network: network,
    names: Path | None = None,
) -> Model:
    """The network that `model` names and its weights.

    A file that states a network brings its own weights. Without a model, it is the network that the
    weights' file states, or vgg16.

    Args:
        model: a name of the catalogue, the path of a file that states a network, or a network that
            its framework made.
        weights: `synthetic:SEED`, or the path of a file.
        input_size: height and width, for files that leave them open.
        changed: applied to the network before its weights are looked up: another preprocessing.
        names: a file that says which layer of the network is which of the weights' file (`--map`).

    Raises:
        UsageError: if there is no such network.
        InputError: if the network's file cannot be read.
    """
    if model is None:
        return _by_weights(weights, watch, input_size, changed, names)
    if isinstance(model, MadeNetwork):
        return _of_made(model, weights, watch, input_size, changed, names)
    if model in NETWORKS:
        return _with_weights(network_called(model), weights, watch, names, changed)
    path = _path(model)
    read = stated_network(path, watch, input_size)
    if read is None:
        if (stranger := strangers.recognise(path)) is not None:
            raise InputError(strangers.sentence(path, "network", stranger))
        raise InputError(
            f"--model {model}: the file states no network, as an ONNX, Keras or MatConvNet file "
            f"does; if it holds tensors alone, give it as --weights {model} with the --model that "
            "it is for"
        )
    return _of_file(path, read, weights, watch, changed, names)


def default_features(network: Network) -> tuple[str, ...]:
    """What is compared unless layers are named: what the network says, or its outputs."""
    return network.default_features or tuple(node.name for node in network.outputs)


def _by_weights(
    weights: str | None,
    watch: Watch,
    input_size: tuple[int, int] | None,
    changed: Callable[[Network], Network],
    names: Path | None,
) -> Model:
    """Without a model: what the weights' file states, if it states anything."""
    vgg16 = network_called(DEFAULT_MODEL)
    if weights is None or not _is_file(weights):
        return _with_weights(vgg16, weights, watch, names, changed)
    path = usable_path(Path(weights), "weights")
    read = stated_network(path, watch, input_size) if path.is_file() else None
    if read is None:
        return _of_layers(path, watch, changed, names)
    found = match_catalogue(read.network, read.tensors)
    if found is not None and found[0] is vgg16:
        return _with_weights(vgg16, weights, watch, names, changed)
    watch.message(f"{path.name} states a network of its own, which is compared")
    return _of_file(path, read, None, watch, changed, names)


def _of_made(
    made: MadeNetwork,
    weights: str | None,
    watch: Watch,
    input_size: tuple[int, int] | None,
    changed: Callable[[Network], Network],
    names: Path | None,
) -> Model:
    """A network that its framework made; its random weights are synthetic ones."""
    read = made.read(watch, input_size)
    found = match_catalogue(read.network, read.tensors)
    network = read.network if found is None else known_as(read.network, found[1])
    network = changed(replace(network, name=made.name))
    if weights is not None:
        return _with_weights(network, weights, watch, names)
    naming_map.refuse_unused(names, f"{made.name} loads its weights itself")

    def own() -> WeightSet:
        found = of_network_file(made.file, read, network, watch)
        files = {**found.own_files, **made.own_files}
        if made.weights is not None:
            return replace(found, source=made.weights.name, own_files=files)
        return replace(found, kind="synthetic", source=made.name, own_files=files)

    return Model(network, own)


def _of_file(
    path: Path,
    read: ReadNetwork,
    weights: str | None,
    watch: Watch,
    changed: Callable[[Network], Network],
    names: Path | None,
) -> Model:
    found = match_catalogue(read.network, read.tensors)
    if found is not None:
        watch.message(f"{path.name} has the structure of {found[0].name}")
    else:
        found = match_beginning(read.network)
        if found is not None:
            watch.message(f"{path.name} begins as {found[0].name}, whose names are known for it")
        elif (found := match_alike(read.network)) is not None:
            watch.message(
                f"{path.name} has the kernels of {found[0].name}, whose names are known for it"
            )
    network = read.network if found is None else known_as(read.network, found[1])
    network = changed(replace(network, name=path.stem))
    if found is not None and (prepared := prepared_as_for_keras(network, found[0])) is not network:
        watch.message(f"{path.name}: {SENTENCE}")
        network = prepared
    beside = structure_files.weights_beside(read, network, weights, watch)
    if beside is not None or weights is None:
        naming_map.refuse_unused(names, f"{path} states its own network")
    if beside is not None:
        return Model(network, beside)
    if weights is None:
        return Model(network, lambda: of_network_file(path, read, network, watch))
    return _with_weights(network, weights, watch, names)


def _with_weights(
    network: Network,
    weights: str | None,
    watch: Watch,
    names: Path | None,
    changed: Callable[[Network], Network] = lambda network: network,
) -> Model:
    """A network with synthetic weights, or with those of a file, which may change it."""
    wanted = changed(network)
    if weights is None or not _is_file(weights):
        if names is not None:
            raise UsageError(f"--map {names}: no file of weights is given; fix: add --weights FILE")
        return Model(wanted, lambda: resolve(weights or DEFAULT_WEIGHTS, wanted, watch))
    with watch.task(f"reading weights {Path(weights).name}"):
        file = open_weights(usable_path(Path(weights), "weights"), wanted, names)
    if file.model.name != wanted.name:  # with batch normalisation, or another head
        file = _as_stated(file, changed, names)
    return Model(file.model, lambda: of_weight_file(file, watch))


def _of_layers(
    path: Path, watch: Watch, changed: Callable[[Network], Network], names: Path | None
) -> Model:
    """A file of tensors alone, without a network's name: the one that has such layers."""
    with watch.task(f"reading weights {path.name}"):
        file = _as_stated(open_weights(path, None, names), changed, names)
    watch.message(f"{path.name} has the layers of {file.model.name}, which is compared")
    return Model(file.model, lambda: of_weight_file(file, watch))


def _as_stated(
    file: WeightFile, changed: Callable[[Network], Network], names: Path | None
) -> WeightFile:
    """The file for the network as the user states it.

    Its first layer then takes the channels in the order in which the file has them, so it is
    looked up again.
    """
    network = changed(file.model)
    if network.image.preprocessing == file.model.image.preprocessing:
        return replace(file, model=network)
    return replace(open_weights(file.path, network, names), notes=file.notes)


def _is_file(weights: str) -> bool:
    return bool(weights.strip()) and weights.partition(":")[0] != "synthetic"


def _path(model: str) -> Path:
    """The path of a file; what looks like a name gets the list of known names instead."""
    path = Path(model).expanduser()
    if not path.exists() and path.suffix == "" and path.name == model:
        network_called(model)  # raises
    if not path.exists():
        hint = strangers.hint(path)
        help = f". {hint}" if hint else ""
        raise UsageError(
            f"--model {model}: there is no such file, and no network of that name{help}"
        )
    return usable_path(path, "network")
