"""Small files that made a reader loop, unpack gigabytes or build millions of objects.

Each function writes one file; `hostile_hdf5` has those of HDF5.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

_MAT_HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
_MATRIX, _COMPRESSED, _INT8, _INT32, _UINT32, _SINGLE = 14, 15, 1, 5, 6, 7
_CELL, _STRUCT, _OF_SINGLES = 1, 2, 7
_HEAD_BYTES = 40
"""Of a matrix without a name, before its values."""


def _element(kind: int, data: bytes, size: int | None = None) -> bytes:
    """A tag with eight bytes, and the data filled up to a multiple of eight."""
    size = len(data) if size is None else size
    return struct.pack("<II", kind, size) + data + bytes(-len(data) % 8)


def _matrix(flags: int, dims: tuple[int, ...], name: bytes, rest: bytes, size: int = -1) -> bytes:
    head = _element(_UINT32, struct.pack("<II", flags, 0))
    head += _element(_INT32, struct.pack(f"<{len(dims)}i", *dims)) + _element(_INT8, name)
    body = head + rest
    return _element(_MATRIX, body, len(body) if size < 0 else size)


def _singles(name: bytes, values: bytes) -> bytes:
    return _matrix(_OF_SINGLES, (1, len(values) // 4), name, _element(_SINGLE, values))


def _compressed(data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return struct.pack("<II", _COMPRESSED, len(packed)) + packed


def a_stream_that_ends_early(path: Path) -> None:
    """MAT 7 whose zlib stream is complete but shorter than the array inside it."""
    whole = _singles(b"fc6", bytes(2**16))
    path.write_bytes(_MAT_HEADER + _compressed(whole[:64]))


def members_that_point_backwards(path: Path) -> None:
    """MAT 7: cells that end, by their tags, before the member that is inside them.

    For the next member, the stream has to be unpacked from its beginning, 8 MB each time.
    """
    wide = _singles(b"", bytes(2**12))
    member = _matrix(_CELL, (1, 1), b"", wide, size=_HEAD_BYTES)
    filler = _singles(b"", bytes(2**23))
    many = 1_000
    cell = _matrix(_CELL, (1, 1 + 2 * many), b"fc6", filler + member * many)
    path.write_bytes(_MAT_HEADER + _compressed(cell))


def a_mat_that_unpacks_to_gigabytes(path: Path) -> None:
    """MAT 7 with 2^29 zeros, which deflate packs a thousandfold, twice."""
    packer = zlib.compressobj(9)
    first = packer.compress(_singles(b"fc6", bytes(2**20))[:64])
    piece = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + piece + 128 * again
    path.write_bytes(_MAT_HEADER + struct.pack("<II", _COMPRESSED, len(packed)) + packed)


def long_names_in_a_mat(path: Path) -> None:
    """MAT 7: structs in structs whose fields have long names, around 9,000 empty cells."""
    inside = _matrix(_CELL, (1, 9_000), b"", 9_000 * struct.pack("<II", _MATRIX, 0))
    for _ in range(16):
        width = _element(_INT32, struct.pack("<i", 4_000))
        inside = _matrix(
            _STRUCT, (1, 1), b"", width + _element(_INT8, b"a" * 3_999 + b"\0") + inside
        )
    whole = _matrix(_CELL, (1, 1), b"fc6", inside)
    path.write_bytes(_MAT_HEADER + _compressed(whole))


def long_names_in_json(path: Path) -> None:
    """Objects in objects, each under a name of 10 kB and beside another value."""
    name = "a" * 10_000
    path.write_text(400 * f'{{"b": 1, "{name}": ' + "[1]" + 400 * "}")


def long_names_in_hdf5(path: Path) -> None:
    """9,000 members of a group whose name has 60,000 characters."""
    import h5py

    with h5py.File(path, "w") as file:
        file["x"] = np.zeros(2)
        group = file.create_group("a" * 60_000)
        for place in range(9_000):
            group[str(place)] = file["x"]


def long_names_in_a_torch_pickle(path: Path) -> None:
    """5,000 dictionaries of layers under the same two names of a megabyte."""
    text = b"".join(
        b"X" + struct.pack("<I", 2**20) + mark * 2**20 + b"q" + bytes([place]) + b"0"
        for place, mark in enumerate((b"a", b"b"))
    )
    key = b"X\x01\x00\x00\x000"
    storage = (
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\n" + key + b"X\x03\x00\x00\x00cpuK\x01tQ"
    )
    rest = b"K\x00K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)Rt"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"Rq\x020"
    layer = b"}(" + b"X\x01\x00\x00\x00wh\x02X\x01\x00\x00\x00bh\x02uq\x030"
    held = 5_000 * b"}(h\x00h\x03h\x01h\x03u"
    _pth(path, text + tensor + layer + b"](" + held + b"e.", {"archive/data/0": bytes(4)})


def _zip_of(path: Path, name: str, head: bytes, zeros: int) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open(name, "w") as file,
    ):
        file.write(head)
        for _ in range(zeros // 2**22):
            file.write(bytes(2**22))


def _npy_header(shape: tuple[int, ...], kind: str = "<f4") -> bytes:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": kind, "fortran_order": False, "shape": shape}
    )
    return head.getvalue()


def an_archive_of_zeros(path: Path) -> None:
    """An .npz of 130 kB that unpacks to 128 MiB."""
    _zip_of(path, "fc6.npy", _npy_header((2**25,)), 2**27)


def an_archive_that_repeats_its_bytes(path: Path) -> None:
    """An .npz whose 200 members are one and the same 8 MB of zeros (overlapping, 8 kB)."""
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("fc6.npy", _npy_header((2**21,)) + bytes(2**23))
        info = archive.infolist()[0]
        for place in range(200):
            twin = zipfile.ZipInfo(f"a{place}.npy")
            twin.compress_type, twin.CRC = info.compress_type, info.CRC
            twin.compress_size, twin.file_size = info.compress_size, info.file_size
            twin.header_offset = info.header_offset
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    path.write_bytes(inside.getvalue())


def an_array_of_sixteen_gigabytes(path: Path) -> None:
    """An .npy that claims 16 GiB and has none."""
    path.write_bytes(_npy_header((2**32,)) + bytes(64))


def objects_of_sixteen_gigabytes(path: Path) -> None:
    """An .npy that claims 2^31 Python objects."""
    path.write_bytes(_npy_header((2**31,), "|O") + b"\x80\x02].")


def _npy_pickle(program: bytes) -> bytes:
    return _npy_header((), "|O") + b"\x80\x02" + program


def a_pickle_that_copies_a_dictionary(path: Path) -> None:
    """16 KB: an ordered dictionary of 1,000 pairs, made from the same list 3,000 times."""
    pairs = b"".join(b"](U\x03" + f"{n:03d}".encode() + b"Ne" for n in range(1000))
    program = b"ccollections\nOrderedDict\nq\x00](" + pairs + b"e\x85q\x01"
    program += b"](" + 3_000 * b"h\x00h\x01R" + b"e."
    path.write_bytes(_npy_pickle(program))


def a_pickle_of_a_million_steps(path: Path) -> None:
    """1 MB of empty dictionaries."""
    path.write_bytes(_npy_pickle(b"](" + 999_000 * b"}" + b"e."))


def _pth(path: Path, program: bytes, members: Mapping[str, bytes] = {}) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("archive/data.pkl", b"\x80\x02" + program)
        archive.writestr("archive/version", b"3\n")


def a_torch_pickle_that_copies_a_dictionary(path: Path) -> None:
    """The same for PyTorch's reader."""
    pairs = b"".join(b"X\x03\x00\x00\x00" + f"{n:03d}".encode() + b"N\x86" for n in range(1000))
    program = b"ccollections\nOrderedDict\nq\x00](" + pairs + b"e\x85q\x01"
    program += b"](" + 3_000 * b"h\x00h\x01R" + b"e."
    _pth(path, program)


def a_torch_pickle_of_many_steps(path: Path) -> None:
    """250,000 empty dictionaries."""
    _pth(path, b"](" + 250_000 * b"}" + b"e.")


def a_torch_pickle_of_long_texts(path: Path) -> None:
    """A text of 16 MB, put down again and again."""
    text = b"a" * (2**24 - 2**20)
    _pth(path, b"X" + struct.pack("<I", len(text)) + text + b"q\x00" + 2**16 * b"h\x002" + b".")


HOSTILE: dict[Callable[[Path], None], str] = {
    a_stream_that_ends_early: ".mat",
    members_that_point_backwards: ".mat",
    a_mat_that_unpacks_to_gigabytes: ".mat",
    an_archive_of_zeros: ".npz",
    an_archive_that_repeats_its_bytes: ".npz",
    an_array_of_sixteen_gigabytes: ".npy",
    objects_of_sixteen_gigabytes: ".npy",
    a_pickle_that_copies_a_dictionary: ".npy",
    a_pickle_of_a_million_steps: ".npy",
    a_torch_pickle_that_copies_a_dictionary: ".pth",
    a_torch_pickle_of_many_steps: ".pth",
    a_torch_pickle_of_long_texts: ".pth",
    long_names_in_a_mat: ".mat",
    long_names_in_json: ".json",
    long_names_in_hdf5: ".h5",
    long_names_in_a_torch_pickle: ".pth",
}
"""Each with the ending of its file."""
