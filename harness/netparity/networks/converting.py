"""Writes a network and its weights to another kind of file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.networks.facts import lacking
from netparity.networks.graph import GraphError
from netparity.networks.reading import ReadNetwork
from netparity.networks.writing import WRITERS
from netparity.networks.writing.base import Writer
from netparity.protocol.lazy import LazyMapping
from netparity.system.cache import replacing
from netparity.system.paths import output_file
from netparity.watch import SILENT, Watch

_STATING_PREPROCESSING = ("matconvnet", "simplenn", "dagnn")


def convert(
    read: ReadNetwork, out: Path, writer: Writer, force: bool = False, watch: Watch = SILENT
) -> None:
    """Write a network with its tensors; what the file cannot say goes to `watch` as a warning.

    Raises:
        InputError: if the file exists, is not a file, or the network states no tensors.
        GraphError: if the format has no operation for a node; nothing is written then.
        StoreError: if the file cannot be written.
    """
    network, tensors = read.network, read.tensors
    missing = [name for name in network.tensors if name not in tensors]
    if missing:
        raise InputError(
            f"{network.name} states no weights ({missing[0]} is missing), and a file needs them; "
            "fix: give them with --weights synthetic:SEED or a file"
        )
    for lack in lacking(network, writer.lacks):
        raise GraphError(
            f"node {lack.node!r} ({lack.op}) cannot be written as {writer.name}: {lack.reason}"
        )
    target = output_file(out, force)
    with (
        watch.task(f"writing {writer.title}", len(network.tensors)) as task,
        replacing(target) as draft,
    ):

        def fetch(name: str) -> npt.NDArray[np.float32]:
            tensor = np.asarray(tensors[name], dtype=np.float32)
            task.advance()
            return tensor

        writer.write(draft, network, LazyMapping(network.tensors, fetch))
    stated = network.inputs[0].preprocessing is not None
    if stated and writer.name not in _STATING_PREPROCESSING:
        watch.warning(
            f"{out.name} does not say what is done to an image first, since {writer.name} has no "
            f"place for it; give it with --preprocess, --mean and the like"
        )


def writer_for(out: Path, name: str | None) -> Writer:
    """The writer of that name; without one, the writer that the file's ending asks for.

    Raises:
        InputError: if there is none.
    """
    known = ", ".join(WRITERS)
    if name is not None:
        if name not in WRITERS:
            raise InputError(f"networks cannot be written as {name[:60]!r}; formats are {known}")
        return WRITERS[name]
    for writer in WRITERS.values():
        if out.name.lower().endswith(writer.suffix):
            return writer
    endings = ", ".join(dict.fromkeys(writer.suffix for writer in WRITERS.values()))
    raise InputError(
        f"output {out}: unknown ending {out.suffix!r}; known are {endings} (or name the format "
        f"with --to: {known})"
    )
