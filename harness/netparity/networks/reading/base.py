"""What every reader of networks is, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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
        tensors: every tensor of the network, float32, read when it is asked for.
        notes: what the user should know, such as a loss layer that was left out.
        as_it_is: the name of the writer in whose place the file itself can be loaded by the tool:
            every node that is not inner has its name there, unless `in_file` says otherwise;
            `tf-keras` if only that tool can load it. Empty if a file has to be written.
        in_file: what is special about the file itself; None if there is nothing.
    """

    network: Network
    tensors: Tensors
    notes: tuple[str, ...] = ()
    as_it_is: str = ""
    in_file: InFile | None = None


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
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source, tuple[int, int] | None], ReadNetwork]
