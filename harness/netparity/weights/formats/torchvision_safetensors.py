"""State dicts stored as safetensors: one file, or several with an index.

Written is torchvision's state dict of a VGG network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netparity.files import safetensors_file, shards
from netparity.files.limits import NAME_SHOWN, DamagedError, reading
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks import Network
from netparity.weights import torch_names
from netparity.weights.checkpoints.folding import folded
from netparity.weights.contents import Format, Tensors
from netparity.weights.formats import canonical
from netparity.weights.listing import TORCH, UNKNOWN, Convention, Listing

_MLX = Convention(("OHWI",), ("OI",), flattened="HWC")
_TORCH_ROLES = {"weight", "running_mean", "running_var"}
_FORMAT = "format"


def recognise(source: Source) -> bool:
    """Whether it is safetensors and not netparity's own, or an index of such files."""
    if shards.is_index(source.path, source.head):
        return shards.suffix_of(source.path) == ".safetensors"
    return safetensors_file.looks_like(source.head) and not canonical.recognise(source)


def listing(source: Source) -> Listing:
    """The tensors of a file, or of all files that belong together.

    Raises:
        InputError: if it is damaged, or one of the files is missing.
    """
    with reading(source.path, "safetensors"):
        paths = shards.paths_of(source.path)
        parts, metadata = _parts(paths)
        tensors = shards.joined(parts)
        if shards.is_index(source.path, source.head):
            _check_against_index(source.path, tensors)
        convention, reason = _convention(tensors, metadata)
        # PyTorch's library writes them by type and name, not in the order of the layers.
        notes = shards.note(paths)
        if convention == TORCH:
            tensors, computed = folded(tensors)
            notes += computed
        return Listing(tensors, convention, reason, ordered=False, notes=notes)


def _parts(paths: Sequence[Path]) -> tuple[list[dict[str, Stored]], dict[str, str]]:
    """The tensors of each file, and the metadata of all."""
    parts, metadata = [], {}
    size = 0
    for path in paths:
        size += safetensors_file.header_bytes(path)
        if size > safetensors_file.MOST_HEADER_BYTES:
            raise DamagedError(f"the headers of its {len(paths)} parts claim {size:,} bytes")
        tensors, more = safetensors_file.read(path, safetensors_file.NUMBERS)
        parts.append(tensors)
        metadata.update(more)
    return parts, metadata


def _check_against_index(path: Path, tensors: Mapping[str, Stored]) -> None:
    for name, file in shards.tensors_of_index(path).items():
        if name not in tensors:
            raise DamagedError(f"{file} does not hold {name[:NAME_SHOWN]!r}, as {path.name} says")


def _convention(
    tensors: Mapping[str, Stored], metadata: Mapping[str, str]
) -> tuple[Convention, str]:
    written_by = metadata.get(_FORMAT)
    if written_by == "pt":
        return TORCH, "its metadata says that PyTorch wrote it"
    if written_by == "mlx":
        return _MLX, "its metadata says that MLX wrote it"
    roles = {name.rpartition(".")[2] for name in tensors}
    if written_by is None and roles & _TORCH_ROLES:
        return TORCH, "its tensors have PyTorch's names"
    return UNKNOWN, "several tools write safetensors"


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the state dict with PyTorch's metadata."""
    safetensors_file.write(path, torch_names.arrays_of(model, tensors), {_FORMAT: "pt"})


FORMATS = (
    Format(
        "torchvision-safetensors",
        "safetensors",
        (".safetensors",),
        recognise,
        listing,
        write,
        only_to=True,
        tool="PyTorch, timm, Hugging Face, MLX",
        brought="a state dict, also in parts with an index",
    ),
)
