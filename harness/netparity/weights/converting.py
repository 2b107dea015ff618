"""Write weights in another format, with or without a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from netparity.errors import UsageError
from netparity.networks import Network
from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.writing import WRITERS
from netparity.protocol.lazy import LazyMapping
from netparity.system.cache import replacing
from netparity.system.paths import output_file
from netparity.watch import SILENT, Task, Watch
from netparity.weights import changes
from netparity.weights.canonical import Hashed
from netparity.weights.contents import Format, Tensors
from netparity.weights.formats import FORMATS
from netparity.weights.layout import Tensor


def convert(
    tensors: Tensors,
    model: Network,
    out: Path,
    format_: Format,
    force: bool = False,
    watch: Watch = SILENT,
) -> str:
    """Write weights in a format, and return their hash.

    Raises:
        InputError: if the file exists, is not a file, or the weights cannot be read.
        StoreError: if it cannot be written; then no file is left behind.
    """
    target = output_file(out, force)
    write = _writer(format_, model)
    with (
        watch.task(f"writing {format_.title}", len(model.parameter_shapes)) as task,
        replacing(target) as draft,
    ):
        hashed = Hashed(_counted(tensors, task), model)
        write(draft, model, hashed)
        return hashed.sha256


def _writer(format_: Format, model: Network) -> Callable[[Path, Network, Tensors], None]:
    """What writes a network in a format.

    Formats that name the layers of VGG networks write these alone; of others, the whole network is
    written where the format's files state one.

    Raises:
        UsageError: if the format has no way to write the network.
    """
    assert format_.write is not None
    if format_.any_network or widths_of(model) is not None:
        return format_.write
    for writer in WRITERS.values():
        if writer.suffix == format_.suffixes[0] and not format_.only_to:
            return writer.write
    anything = ", ".join(other.name for other in FORMATS if other.any_network)
    raise UsageError(
        f"weights of {model.name} cannot be written as {format_.name}, which names the layers of "
        f"VGG networks; any network can be written as {anything}, keras and matconvnet-simplenn"
    )


def parse_changes(options: Sequence[str], model: Network) -> dict[str, set[str]]:
    """The changes of each layer, from options such as `rotate` or `rotate=conv1_1,conv2_1`.

    Raises:
        UsageError: if a change or layer is unknown, or the change does not apply to the layer.
    """
    found: dict[str, set[str]] = {}
    layers = {str(layer.parameters): layer for layer in model.parametric_layers}
    for option in options:
        name, _, listed = option.partition("=")
        if name not in changes.WORDS or name in changes.LOSSY:
            known = ", ".join(name for name in changes.WORDS if name not in changes.LOSSY)
            raise UsageError(f"--apply {option[:80]!r}: unknown change; known are {known}")
        chosen = listed.split(",") if listed else changes.usual_layers(name, model)
        for layer in chosen:
            if layer not in layers:
                raise UsageError(
                    f"--apply {option[:80]!r}: {model.name} has no layer {layer[:40]!r} with "
                    f"weights; the layers with weights are {', '.join(layers)}"
                )
            if not changes.concerns(name, layers[layer]):
                raise UsageError(f"--apply {option[:80]!r}: does not apply to {layer}")
            found.setdefault(layer, set()).add(name)
    for layer, names in found.items():
        changes.named(names, layers[layer])
    return found


def changed(tensors: Tensors, model: Network, options: Sequence[str]) -> Tensors:
    """Return the tensors with the changes that the options name, each applied on access.

    Raises:
        UsageError: if a change, a layer or the two together are unknown.
    """
    chosen = parse_changes(options, model)
    return apply_changes(tensors, model, chosen) if chosen else tensors


def apply_changes(tensors: Tensors, model: Network, chosen: Mapping[str, set[str]]) -> Tensors:
    """Return the tensors with the changes of each layer, applied on access."""
    kernels: dict[str, changes.Change] = {}
    biases: dict[str, changes.Change] = {}
    for layer in model.parametric_layers:
        if names := chosen.get(str(layer.parameters)):
            kernels[layer.kernel] = changes.named(names, layer)
            biases[layer.bias] = _of_bias(names)

    def fetch(name: str) -> Tensor:
        tensor = tensors[name]
        if (change := kernels.get(name)) is not None:
            return np.ascontiguousarray(change.apply(tensor))
        if (change := biases.get(name)) is not None:
            return change.apply(tensor.reshape(1, 1, 1, -1)).reshape(-1)
        return tensor

    return LazyMapping(tensors, fetch)


def _of_bias(names: set[str]) -> changes.Change:
    return next(
        (
            change
            for change in changes.bias_changes()
            if change.names and set(change.names) <= names
        ),
        changes.Change(),
    )


def _counted(tensors: Tensors, task: Task) -> Tensors:
    """Tensors that report progress on each access."""

    def fetch(name: str) -> Tensor:
        tensor = tensors[name]
        task.advance()
        return tensor

    return LazyMapping(tensors, fetch)
