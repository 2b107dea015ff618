"""Weights as the commands of `netparity weights` are given them: a file, or synthetic:SEED."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netparity.networks import NETWORKS, Network
from netparity.weights import opened
from netparity.weights.contents import Format, Tensors
from netparity.weights.matching import naming_map
from netparity.weights.sources import resolve

_SYNTHETIC = "synthetic:"


@dataclass(frozen=True)
class NamedWeights:
    """Weights and their model.

    Attributes:
        dropout: whether the file lists dropout layers; None if it lists only layers with weights,
            and for synthetic weights.
    """

    tensors: Tensors
    model: Network
    dropout: bool | None = None


def open_named(
    source: str, model: Network | None = None, names: Path | None = None
) -> NamedWeights:
    """Open a file, or make synthetic weights.

    Args:
        source: `synthetic:SEED`, or the path of a file.
        model: what it holds; None for what is found in the file, and vgg16 if it is synthetic.
        names: a file that says which layer is which (`--map`).

    Raises:
        NetparityError: if it cannot be read, or is not of that model.
    """
    if source.startswith(_SYNTHETIC):
        naming_map.refuse_unused(names, "synthetic weights have the network's own names")
        model = model or NETWORKS["vgg16"]
        return NamedWeights(resolve(source, model).tensors(), model)
    file = opened.open_weights(Path(source), model, names)
    return NamedWeights(file.tensors, file.model, file.dropout)


def output_format(out: Path, name: str | None) -> Format:
    """Return the format of that name; without one, the format that the file's name asks for.

    Raises:
        InputError: if there is none, or it is only read.
    """
    return opened.named(name) if name is not None else opened.by_ending(out, "output")
