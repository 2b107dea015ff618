"""What every reader of networks is, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.files.source import Source
from netparity.networks.graph import Network

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]


@dataclass(frozen=True)
class InFile:
    """What a tool that loads the user's own file has to know of it.

    Attributes:
        values: node to the name of its output in the file, for the nodes that the file computes in
            the order of axes that the tool's extractor expects.
        images: the only number of images that the file takes; None for any.
        problem: why no tool can be given the file itself, in words that can follow "because";
            empty if it can.
    """

    values: Mapping[str, str]
    images: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class ReadNetwork:
    """A network and its weights, as a file states them.

    Attributes:
        network: checked; `origin` is the reader's name, and every node's name is the file's own.
        tensors: every tensor of the network, float32, read when it is asked for; `Unstated` for a
            file without weights.
        notes: what the user should know, such as a loss layer that was left out.
        as_it_is: the name of the writer in whose place the file itself can be loaded by the tool:
            every node that is not inner has its name there, unless `in_file` says otherwise;
            `tf-keras` if only that tool can load it. Empty if a file has to be written.
        in_file: what is special about the file itself; None if there is nothing.
        with_weights: for a file that states a network without weights, such as a `.prototxt`: the
            same network with those that another file of its tool has for its nodes, or None if
            that file is of another tool; raises InputError if a node's are missing. None for a
            file that has weights itself.
    """

    network: Network
    tensors: Tensors
    notes: tuple[str, ...] = ()
    as_it_is: str = ""
    in_file: InFile | None = None
    with_weights: Callable[[Path], ReadNetwork | None] | None = None


class Unstated(Mapping[str, npt.NDArray[np.floating[Any]]]):
    """The tensors of a file that states none: there is nothing, and access says what to give.

    Args:
        sentence: the message of the InputError that access raises.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __getitem__(self, name: str) -> npt.NDArray[np.floating[Any]]:
        """Raises InputError, whatever the name."""
        raise InputError(self._sentence)

    def __contains__(self, name: object) -> bool:
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class Reader:
    """One kind of file that states a network.

    Attributes:
        name: what commands call it.
        title: in words.
        suffixes: of its files, the usual one first.
        recognises: whether a file is of this kind, from its first bytes and its structure.
        read: reads it, given height and width of the input where the file leaves them open; raises
            InputError in one sentence that names node and operation.
        tool: who writes such files, for the table of what can be brought.
        brought: what they hold, in words.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source, tuple[int, int] | None], ReadNetwork]
    tool: str = ""
    brought: str = ""
