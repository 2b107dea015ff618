"""A chunk: images that are judged and stored together. A process computes one, or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError, UsageError
from netparity.inputs import decode, prepare
from netparity.networks import Network
from netparity.results.rows import Rows, RowWriter
from netparity.run.many.sources import Source
from netparity.weights.canonical import Tensors

CHUNK_BYTES = 150 * 2**20
"""Of input tensors and features of a chunk: 250 images of 224 x 224."""

MOST_IMAGES = 256
"""In a chunk, if nothing else is asked for: sixteen of the usual batches."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive images: number `start` up to, without, `stop`. Chunks count from 1."""

    number: int
    start: int
    stop: int


@dataclass(frozen=True)
class Prepared:
    """The usable images of a chunk.

    Attributes:
        tensor: the shared input on disk, N x the network's input, float32.
        rows: the number of each image in the data set.
        paths: files that every tool can read.
        skipped: number, name and reason of each image that cannot be used.
    """

    tensor: Rows
    rows: list[int]
    names: list[str]
    hashes: list[str]
    paths: list[Path]
    skipped: list[tuple[int, str, str]]

    @classmethod
    def joined(cls, parts: Sequence[Prepared]) -> Prepared:
        """Several in one that lie one after the other in the same file; at least one."""
        tensor = replace(parts[0].tensor, stop=parts[-1].tensor.stop)
        lists = ("rows", "names", "hashes", "paths", "skipped")
        return cls(tensor, *([each for p in parts for each in getattr(p, name)] for name in lists))


def chunks_of(count: int, size: int) -> Iterator[Chunk]:
    """Cut `count` images into chunks of `size`, the last of which may be smaller."""
    for number, start in enumerate(range(0, count, size), start=1):
        yield Chunk(number, start, min(start + size, count))


def chunk_size(network: Network, features: list[str], asked: int | None) -> int:
    """Images per chunk: as asked, or as many as the memory bound allows."""
    if asked is not None:
        return asked
    return max(1, min(MOST_IMAGES, CHUNK_BYTES // bytes_of_image(network, features)))


def bytes_of_image(network: Network, features: Sequence[str]) -> int:
    """Bytes of the input tensor and the features of one image."""
    shapes = [network.image.shape, *(network.shapes[name] for name in features)]
    return 4 * sum(int(np.prod(shape)) for shape in shapes)


def prepare_all(
    source: Source,
    chunks: Sequence[Chunk],
    network: Network,
    tensors: Tensors,
    folder: Path,
    tensor_file: Path,
) -> list[Prepared]:
    """Decode, resize and normalise the images of some chunks; those that cannot be used are listed.

    Args:
        tensors: the network's, of which only a mean image is read.
        folder: exists, and gets the images that are not files that every tool can read.
        tensor_file: gets the shared input of all usable images of all chunks.

    Returns:
        One for each chunk.

    Raises:
        UsageError: if the network does not say what is done to an image.
        StoreError: if there is no room for the tensor.
    """
    found = []
    with RowWriter(tensor_file, tuple(network.image.shape)) as writer:
        for chunk in chunks:
            first = writer.count
            usable = _Usable()
            for row in range(chunk.start, chunk.stop):
                try:
                    tensor = usable.add(source, row, network, tensors, folder)
                except UsageError:
                    raise
                except InputError as error:
                    usable.skipped.append((row, source.names[row], str(error)))
                else:
                    writer.append(tensor)
            found.append((usable, first, writer.count))
    whole = Rows.open(tensor_file)
    return [Prepared(whole.part(first, last), **vars(usable)) for usable, first, last in found]


@dataclass
class _Usable:
    """The fields of `Prepared` but for the tensor."""

    rows: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    skipped: list[tuple[int, str, str]] = field(default_factory=list)

    def add(
        self, source: Source, row: int, network: Network, tensors: Tensors, folder: Path
    ) -> npt.NDArray[np.float32]:
        """Add an image, and return its tensor.

        Raises:
            InputError: if it cannot be used; then nothing is added.
        """
        image = decode(source.file(row, folder))
        tensor: npt.NDArray[np.float32] = prepare([image], network, tensors)[0]
        path = image.path
        if not image.portable:
            path = folder / f"{row:07d}-decoded.png"
            path.write_bytes(image.as_png())
        self.rows.append(row)
        self.names.append(source.names[row])
        self.hashes.append(image.sha256)
        self.paths.append(path.absolute())
        return tensor
