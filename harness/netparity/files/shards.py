"""Files that hold one network together, as Hugging Face's libraries write large ones.

They are named `model-00001-of-00002.safetensors`, and `model.safetensors.index.json` beside them
says which tensor is in which of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from netparity.files.limits import MOST_HEADER_BYTES, NAME_SHOWN, WEIGHTS, DamagedError
from netparity.files.stored import Stored

INDEX_SUFFIX = ".index.json"

_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.[a-z]{1,11})")
_LFS_POINTER = b"version https://git-lfs"
_MOST_SHARDS = 1000
_IN_FOLDERS = ("model.safetensors", "diffusion_pytorch_model.safetensors", "pytorch_model.bin")


def is_index(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is an index of shards."""
    return path.name.endswith(INDEX_SUFFIX) and head.lstrip()[:1] == b"{"


def suffix_of(path: Path) -> str:
    """The suffix of an index's shards: `.bin` for `pytorch_model.bin.index.json`."""
    return Path(path.name.removesuffix(INDEX_SUFFIX)).suffix


def in_folder(folder: Path) -> Path | None:
    """The weights in a folder as Hugging Face's libraries name them: a file, or an index."""
    for suffix in ("", INDEX_SUFFIX):
        for name in _IN_FOLDERS:
            if (path := folder / f"{name}{suffix}").is_file():
                return path
    return None


def paths_of(path: Path) -> tuple[Path, ...]:
    """Every file whose tensors belong together: those of an index, all shards, or the one given.

    Raises:
        DamagedError: if one of them is missing, or the index is damaged or leads elsewhere.
    """
    if path.name.endswith(INDEX_SUFFIX):
        return tuple(path.parent / name for name in sorted(set(tensors_of_index(path).values())))
    match = _SHARD.fullmatch(path.name)
    if match is None:
        return (path,)
    count = int(match[3])
    if not 1 <= int(match[2]) <= count <= _MOST_SHARDS:
        raise DamagedError(f"its name says that it is part {match[2]} of {match[3]}")
    names = [f"{match[1]}-{number:05}-of-{match[3]}{match[4]}" for number in range(1, count + 1)]
    index = path.with_name(f"{match[1]}{match[4]}{INDEX_SUFFIX}")
    return tuple(_beside(path, name) for name in _listed(index, names))


def every_file(path: Path) -> tuple[Path, ...]:
    """All files whose contents decide which weights are meant by a file or folder, in order.

    Raises:
        DamagedError: as `paths_of`.
    """
    if path.is_dir():
        path = in_folder(path) or path
    parts = paths_of(path)
    return parts if path in parts else (path, *parts)


def joined(parts: Iterable[Mapping[str, Stored]]) -> dict[str, Stored]:
    """The tensors of all parts.

    Raises:
        DamagedError: if one is in two of them, or they are too many.
    """
    tensors: dict[str, Stored] = {}
    for part in parts:
        if doubled := tensors.keys() & part.keys():
            raise DamagedError(f"{min(doubled)[:NAME_SHOWN]!r} is in two of its parts")
        tensors.update(part)
    if len(tensors) > WEIGHTS.members:
        raise DamagedError(f"it lists {len(tensors):,} tensors")
    return tensors


def note(paths: Sequence[Path]) -> tuple[str, ...]:
    """What the user should know if several files were read."""
    if len(paths) < 2:
        return ()
    return (f"{len(paths)} files were read together, {paths[0].name} to {paths[-1].name}",)


def tensors_of_index(path: Path) -> dict[str, str]:
    """The file of each tensor.

    Raises:
        DamagedError: if it is not an index, or names files in other folders or that are missing.
        ValueError: if it is not JSON.
    """
    if path.stat().st_size > MOST_HEADER_BYTES:
        raise DamagedError(f"the index {path.name} has {path.stat().st_size:,} bytes")
    listed = json.loads(path.read_bytes())
    files = listed.get("weight_map") if isinstance(listed, dict) else None
    if not isinstance(files, dict) or not files:
        raise DamagedError(f"{path.name} contains no weight_map, which says where each tensor is")
    if len(files) > WEIGHTS.members:
        raise DamagedError(f"{path.name} lists {len(files):,} tensors")
    names = set()
    for tensor, name in files.items():
        if not isinstance(name, str):
            raise DamagedError(f"{path.name} names no file for {tensor[:NAME_SHOWN]!r}")
        names.add(name)
    if len(names) > _MOST_SHARDS:
        raise DamagedError(f"{path.name} lists {len(names):,} files; at most {_MOST_SHARDS:,}")
    for name in sorted(names):
        _beside(path, name)
    return files


def _listed(index: Path, names: list[str]) -> list[str]:
    """The shards that belong together: those of the index, if there is one."""
    if not index.is_file():
        return names
    return sorted(set(tensors_of_index(index).values()))


def _beside(path: Path, name: str) -> Path:
    if not name or name != Path(name).name or "\\" in name or "\0" in name:
        raise DamagedError(f"{path.name} names {name[:NAME_SHOWN]!r}, which is not in its folder")
    if not (path.parent / name).is_file():
        raise DamagedError(
            f"{name[:NAME_SHOWN]!r} is missing; all parts must be in the folder of {path.name}"
        )
    with (path.parent / name).open("rb") as file:
        if file.read(len(_LFS_POINTER)) == _LFS_POINTER:
            raise DamagedError(f"{name[:NAME_SHOWN]!r} is a Git LFS pointer; fix: git lfs pull")
    return path.parent / name
