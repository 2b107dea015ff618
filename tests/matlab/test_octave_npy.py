"""np_read_npy and np_write_npy agree with NumPy, whatever the shape and order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.support.octave_process import OctaveError

Call = Callable[[list[tuple]], list]
SHAPES = [
    (),
    (1,),
    (7,),
    (1, 9),
    (9, 1),
    (3, 4),
    (2, 3, 4),
    (1, 5, 4, 3),
    (2, 5, 4, 3),
    (4, 1, 1, 1),
    (0, 3),
]
TYPES = ["<f4", "<f8", "|u1", "<i4", "<i8", "<u2"]


def test_files_survive_a_round_trip(call: Call, tmp_path: Path) -> None:
    files, cases = [], []
    for number, shape in enumerate(SHAPES):
        for kind in TYPES:
            for order in "CF":
                x = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind)
                source = tmp_path / f"{number}{kind[1:]}{order}.npy"
                np.save(source, np.asarray(x, order=order))
                copy = source.with_suffix(".copy.npy")
                files.append((x, copy))
                cases.append(("copy_npy", str(source), str(copy)))
    for (x, copy), shape in zip(files, call(cases), strict=True):
        assert not isinstance(shape, OctaveError), shape
        assert tuple(shape.ravel()) == x.shape
        y = np.load(copy)
        assert (y.dtype, y.shape) == (np.float32, x.shape)
        assert y.flags.c_contiguous
        assert np.array_equal(y, x)


def test_dimensions_stand_in_the_order_of_the_file(call: Call, tmp_path: Path) -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    (y,) = call([("np_read_npy", str(tmp_path / "x.npy"))])
    assert y.dtype == np.float32
    assert np.array_equal(y, x)


def test_data_start_at_a_multiple_of_64_in_version_1(call: Call, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 5), np.float32))
    call([("copy_npy", str(tmp_path / "x.npy"), str(tmp_path / "y.npy"))])
    content = (tmp_path / "y.npy").read_bytes()
    assert content[:8] == b"\x93NUMPY\x01\x00"
    assert (len(content) - 3 * 5 * 4) % 64 == 0


def test_what_cannot_be_read_is_refused(call: Call, tmp_path: Path) -> None:
    np.save(tmp_path / "big_endian.npy", np.zeros(3, ">f4"))
    np.save(tmp_path / "complex.npy", np.zeros(3, "<c8"))
    np.save(tmp_path / "cut.npy", np.zeros(30))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "cut.npy").read_bytes()[:-8])
    (tmp_path / "text.npy").write_bytes(b"not an array")
    expected = {
        "big_endian.npy": ">f4",
        "complex.npy": "<c8",
        "cut.npy": "ends after",
        "text.npy": "not a .npy",
        "absent.npy": "Cannot open",
    }
    files = [str(tmp_path / name) for name in expected]
    messages = call([("np_read_npy", file) for file in files])
    for file, word, message in zip(files, expected.values(), messages, strict=True):
        assert isinstance(message, OctaveError)
        assert word in message and file in message
