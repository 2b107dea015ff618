"""Archives and packed files: what is in them, and the command that takes it out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from netparity.files.strangers.downloads import FETCH, is_page
from netparity.files.strangers.listings import (
    is_tar,
    tar_members,
    tar_members_in,
    unpacked_beginning,
    zip_members,
)
from netparity.files.strangers.seen import Seen, shown
from netparity.files.strangers.stranger import Kind, Stranger, filled, first, python

WEIGHT_ENDINGS = (
    *(".h5", ".hdf5", ".keras", ".mat", ".npz", ".npy", ".onnx", ".pt", ".pth", ".ckpt"),
    *(".safetensors", ".caffemodel", ".bin", ".pb", ".tflite", ".t7", ".pkl", ".params"),
    *(".weights", ".msgpack", ".pdparams", ".pdmodel", ".index"),
)
"""Of files that may hold weights, those that are read here first."""

_PACKERS = (
    (b"\x1f\x8b", "gzip", ".gz", "z", "gunzip -k"),
    (b"BZh", "bzip2", ".bz2", "j", "bunzip2 -k"),
    (b"\xfd7zXZ\x00", "xz", ".xz", "J", "unxz -k"),
    (b"\x28\xb5\x2f\xfd", "Zstandard", ".zst", "", "unzstd"),
    (b"\x04\x22\x4d\x18", "LZ4", ".lz4", "", "unlz4"),
    (b"\x1f\x9d", "compress", ".z", "Z", "uncompress -k"),
    (b"LZIP", "lzip", ".lz", "", "lzip -dk"),
)
"""First bytes, name, ending, tar's letter and the command that unpacks a single file."""

_UNPACK = "Unpack it and give the file with the {what}"
_OTHERS = (
    Kind(
        "is a 7z archive",
        f"{_UNPACK}: 7z x {{path}}",
        magic=(b"7z\xbc\xaf\x27\x1c",),
        sort="other",
    ),
    Kind(
        "is a RAR archive",
        f"{_UNPACK}: unrar x {{path}}",
        magic=(b"Rar!\x1a\x07",),
        sort="other",
    ),
)
ZIP = b"PK\x03\x04"
_OF_TORCH, _OF_KERAS = {"data.pkl"}, {"config.json", "metadata.json"}
_SHOWN = 3


def recognise(seen: Seen) -> Stranger | None:
    """What an archive holds; None if it is none, or one that has a reader of its own."""
    return next((found for found in _all(seen) if found is not None), None)


def _all(seen: Seen) -> Iterator[Stranger | None]:
    yield _zip(seen)
    yield _tar(seen)
    yield _packed(seen)
    yield first(_OTHERS, seen)


def _zip(seen: Seen) -> Stranger | None:
    if not seen.head.startswith(ZIP):
        return None
    members = zip_members(seen)
    names = {member.rpartition("/")[2] for member in members}
    if names >= _OF_TORCH or names >= _OF_KERAS or any(name.endswith(".npy") for name in names):
        return None  # these have readers
    if "archive_format" in names or "serialized_exported_program.json" in names:
        says = "is a program exported by torch.export"
        code = 'import torch; torch.save(torch.export.load({path}).state_dict, "weights.pth")'
        help = f"Save its state dict and give that as --weights: {python(code, seen.path)}"
        return Stranger(says, help, sort="model")
    if "[Content_Types].xml" in members:
        says = "is an office document"
        help = "Save the numbers as CSV: libreoffice --convert-to csv {path}"
        return Stranger(says, filled(help, seen))
    without = " without a single .npy" if seen.name.endswith(".npz") else ""
    return _holding(f"a zip archive{without}", members, "unzip {path}", seen)


def _tar(seen: Seen) -> Stranger | None:
    if not is_tar(seen.head):
        return None
    members = tar_members(seen)
    if {"sys_info", "pickle", "storages", "tensors"} <= set(members):
        says = "is a file of PyTorch before 0.1.10, a tar archive"
        code = 'import torch; torch.save(torch.load({path}), "weights.pth")'
        help = f"Save it anew and give that as --weights: {python(code, seen.path)}"
        return Stranger(says, help, sort="model")
    return _holding("a tar archive", members, "tar -xf {path}", seen)


def _packed(seen: Seen) -> Stranger | None:
    packer = next((packer for packer in _PACKERS if seen.head.startswith(packer[0])), None)
    if packer is None:
        return None
    _, name, ending, letter, command = packer
    beginning = unpacked_beginning(seen.head)
    tar_name = seen.name.endswith((f".tar{ending}", ".tgz", ".tbz2", ".txz", ".tar"))
    if is_tar(beginning) or (tar_name and not beginning):
        kind = f"a tar archive packed with {name}"
        return _holding(kind, tar_members_in(beginning), f"tar -x{letter}f {{path}}", seen)
    if beginning.startswith((b"X\n\0\0", b"RDX", b"RDA")):
        code = shlex.quote(f"write.csv(readRDS({json.dumps(str(seen.path))}), 'values.csv')")
        return Stranger("is a file of R", f"Write its numbers as CSV: Rscript -e {code}")
    if is_page(beginning.decode("latin-1")):
        says = f"is an HTML page packed with {name}, in place of a file"
        return Stranger(says, filled(f"Download the file itself: {FETCH}", seen))
    unpacked = str(seen.path)
    if unpacked.lower().endswith(ending):
        unpacked = unpacked[: -len(ending)]
        to_do = f"{command} {{path}}"
    else:
        unpacked, to_do = f"{unpacked}.unpacked", f"{command.split()[0]} -c < {{path}} > {{out}}"
    to_do = to_do.replace("{out}", shlex.quote(unpacked))
    help = filled(f"Unpack it and give {unpacked}: {to_do}", seen)
    return Stranger(f"is packed with {name}", help)


def _holding(kind: str, members: Sequence[str], command: str, seen: Seen) -> Stranger:
    """An archive whose weights, if any are seen in it, are named."""
    members = [name for name in members if not name.endswith("/") and "__MACOSX/" not in name]
    weights = weight_like(members)
    if weights:
        listed = ", ".join(shown(name) for name in weights[:_SHOWN])
        more = f" and {len(weights) - _SHOWN} more" if len(weights) > _SHOWN else ""
        says = f"is {kind} that holds {listed}{more}"
        help = f"Take that out and give it instead: {command} {shlex.quote(weights[0])}"
        if not weights[0].isprintable():
            help = f"{_UNPACK}: {command}"
        return Stranger(says, filled(help, seen))
    listed = ", ".join(shown(name) for name in members[:_SHOWN])
    says = f"is {kind} of {listed}" if members else f"is {kind}"
    return Stranger(says, filled(f"{_UNPACK}: {command}", seen))


def weight_like(names: Sequence[str]) -> list[str]:
    """The names of files that may hold weights, those that are read here first."""

    def rank(name: str) -> int:
        fitting = (at for at, end in enumerate(WEIGHT_ENDINGS) if name.lower().endswith(end))
        return next(fitting, len(WEIGHT_ENDINGS))

    found = [name for name in names if rank(name) < len(WEIGHT_ENDINGS)]
    return sorted(found, key=rank)
