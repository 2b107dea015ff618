"""PyTorch's state dicts and checkpoints, as `torch.save` writes them.

They are read without PyTorch, and nothing in them is run. Written is torchvision's state dict of a
VGG network.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from netparity.files import shards, torch_file, zip_file
from netparity.files.limits import WEIGHTS, CutOffError, DamagedError, reading
from netparity.files.source import Source
from netparity.files.tensor_pickle import MOST_INSTRUCTIONS
from netparity.networks import Network
from netparity.weights import torch_names
from netparity.weights.checkpoints import finding, refusals
from netparity.weights.checkpoints.folding import folded
from netparity.weights.contents import Format, Tensors
from netparity.weights.listing import TORCH, Listing

SUFFIXES = (".pth", ".pt")

_OTHER_SUFFIXES = (".ckpt", ".bin")


def recognise(source: Source) -> bool:
    """Whether PyTorch wrote it, or it is another pickle, or an index of PyTorch's files."""
    path, head = source.path, source.head
    if shards.is_index(path, head):
        return shards.suffix_of(path) in SUFFIXES + _OTHER_SUFFIXES
    if refusals.is_pickle(path, head):
        return not refusals.is_numpy_pickle(path, head)
    if torch_file.is_legacy(head) or refusals.is_tar(head) or path.suffix == ".distcp":
        return True
    if not zip_file.looks_like(head):
        return False
    try:
        names = source.members
    except BadZipFile:  # the archive is cut off
        return path.suffix in SUFFIXES + _OTHER_SUFFIXES
    return torch_file.listing_of(names) is not None or refusals.is_other_archive(names)


def listing(source: Source) -> Listing:
    """The tensors of a state dict or of the network in a checkpoint.

    Raises:
        InputError: if it is damaged, holds no tensors or several networks, or is a whole model, a
            TorchScript archive or any other file of PyTorch's that would have to be run.
    """
    with reading(source.path, "PyTorch's state dict"):
        paths = shards.paths_of(source.path)
        parts, steps = [], 0
        for path in paths:
            part, more = _part(source if path == source.path else Source(path, WEIGHTS))
            parts.append(part)
            steps += more
            if steps > MOST_INSTRUCTIONS:
                raise DamagedError(f"its {len(paths)} parts list more than that of any network")
        tensors, computed = folded(shards.joined([part.tensors for part in parts]))
        chosen = (words for part in parts for words in part.notes)
        return Listing(
            tensors,
            TORCH,
            "PyTorch wrote the file",
            left_out=tuple(words for part in parts for words in part.left_out),
            notes=(*shards.note(paths), *chosen, *computed),
        )


def _part(source: Source) -> tuple[Listing, int]:
    """The tensors of one file, and how many steps it took to list them."""
    refusals.refuse_others(source.path, source.head)
    if zip_file.looks_like(source.head):
        saved = torch_file.in_archive(_members(source))
    elif torch_file.is_legacy(source.head):
        saved = torch_file.legacy(source.path)
    else:
        raise DamagedError("it begins neither like a zip archive nor like a pickle")
    found = finding.find(saved.value, source.path)
    tensors = {name: saved.stored(name, tensor) for name, tensor in found.tensors.items()}
    listed = Listing(tensors, TORCH, "", left_out=found.left_out, notes=found.notes)
    return listed, saved.steps


def _members(source: Source) -> dict[str, zip_file.Member]:
    try:
        members = source.members
    except BadZipFile:
        raise CutOffError("the end of the archive, which lists its files, is missing") from None
    except (UnicodeDecodeError, NotImplementedError) as error:
        raise DamagedError(f"the list of its files is damaged: {str(error)[:80]}") from None
    refusals.refuse_other_archive(source.path, members)
    return members


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the archive that `torch.load(..., weights_only=True)` reads."""
    arrays = torch_names.arrays_of(model, tensors)
    shapes = {name: shape for name, (shape, _) in arrays.items()}
    with zip_file.writing(path) as archive:
        zip_file.add(archive, "archive/data.pkl", [_pickle(shapes)])
        zip_file.add(archive, "archive/byteorder", [b"little"])
        for index, (_, values) in enumerate(arrays.values()):
            zip_file.add(archive, f"archive/data/{index}", values)
        zip_file.add(archive, "archive/version", [b"3\n"])


def _pickle(shapes: dict[str, tuple[int, ...]]) -> bytes:
    """The pickle of an ordered dictionary of float32 tensors; tensor i is in storage i."""
    parts = [b"\x80\x02", _global("collections", "OrderedDict"), b")R("]
    for index, (name, shape) in enumerate(shapes.items()):
        count = int(np.prod(shape, dtype=np.int64))
        strides = [int(np.prod(shape[axis + 1 :], dtype=np.int64)) for axis in range(len(shape))]
        place = [_text("storage"), _global("torch", "FloatStorage"), _text(str(index))]
        storage = b"".join([b"(", *place, _text("cpu"), _number(count), b"tQ"])
        tensor = [b"(", storage, _number(0), _numbers(shape), _numbers(strides), b"\x89"]
        tensor += [_global("collections", "OrderedDict"), b")Rt"]
        parts += [_text(name), _global("torch._utils", "_rebuild_tensor_v2"), *tensor, b"R"]
    return b"".join([*parts, b"u."])


def _text(text: str) -> bytes:
    data = text.encode()
    return b"X" + len(data).to_bytes(4, "little") + data


def _global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _number(number: int) -> bytes:
    return b"J" + number.to_bytes(4, "little", signed=True)


def _numbers(numbers: tuple[int, ...] | list[int]) -> bytes:
    return b"(" + b"".join(map(_number, numbers)) + b"t"


FORMATS = (
    Format(
        "torchvision",
        "PyTorch's state dict (.pth)",
        SUFFIXES,
        recognise,
        listing,
        write,
        tool="PyTorch",
        brought="a state dict or a checkpoint of any trainer, also in parts with an index "
        "(`.ckpt` and `.bin` too)",
    ),
)
