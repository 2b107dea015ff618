"""Pickles in .npy: nothing is run, and nothing but plain arrays is accepted."""

from __future__ import annotations

import os
import pickle
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from netparity.files import npy, numpy_pickle
from netparity.files.limits import DamagedError
from netparity.files.numpy_pickle import NotPlainError, PickledArray
from tests.support.pickles import header, npy_of

HEAD = b"\x80\x02"
RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\n"
ARRAY = RECONSTRUCT + b"cnumpy\nndarray\nK\x00\x85U\x01b\x87R"
FLOATS = (
    b"cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
)
OBJECTS = FLOATS.replace(b"\x02f4", b"\x02O8").replace(b"\x01<", b"\x01|")


def read(path: Path, pickled: bytes):
    path.write_bytes(header() + pickled)
    start = npy.pickle_in(path)
    assert start == len(header())
    return numpy_pickle.read(path, start)[0]


class Hostile:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_hostile_pickle_runs_nothing(tmp_path: Path, protocol: int) -> None:
    marker = tmp_path / "ran"
    npy_of(tmp_path / "w.npy", {"conv1_1": [Hostile(marker)]}, protocol)
    with pytest.raises(DamagedError):
        numpy_pickle.read(tmp_path / "w.npy", len(header()))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("pickled", "words"),
    [
        (b"cbuiltins\neval\nX\x03\x00\x00\x001+1\x85R.", "wants to call 'builtins.eval'"),
        (b"cnumpy\nfromfile\nX\x01\x00\x00\x00a\x85R.", "wants to call 'numpy.fromfile'"),
        (b"cbuiltins\nobject\n)\x81.", "instruction NEWOBJ"),
        (b"(i__main__\nX\n.", "instruction INST"),
        (b"Q.", "instruction BINPERSID"),
        (b"cnumpy\ndtype\nU\x04int8K\x00K\x01\x87R.", "'int8', not numbers"),
        (b"cnumpy\ndtype\nU\x02V8K\x00K\x01\x87R.", "'V8', not numbers"),
    ],
)
def test_what_is_no_plain_array(tmp_path: Path, pickled: bytes, words: str) -> None:
    with pytest.raises(NotPlainError, match=words):
        read(tmp_path / "w.npy", HEAD + pickled)


@pytest.mark.parametrize(
    ("pickled", "words"),
    [
        (b"", "cut off"),
        (b"\xcd", "the byte b'.xcd' where an instruction belongs"),
        (b"}", "cut off"),
        (b".", "more than it has put down"),
        (b"X\xff\xff\xff\x7fabc.", "text of 2,147,483,647 bytes"),
        (b"T\xff\xff\xff\x7fabc.", "cut off"),
        (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc.", "cut off"),
        (b"t.", "has not begun"),
        (b"h\x07.", "recalls"),
        (b"Na.", "more than it has put down"),
        (b"NNa.", "not a list"),
        (b"NNNs.", "not a dictionary"),
        (b"}(K\x01u.", "not a dictionary"),
        (b"}NNs.", "key is not a text"),
        (b"}(U\x01aNU\x01aNu.", "'a' is duplicated"),
        (b"NNR.", "not a function"),
        (b"}Nb.", "not that of an array"),
        (RECONSTRUCT + b"NK\x00\x85U\x01b\x87R.", "not described as NumPy does"),
        (ARRAY + b"(K\x01(K\x03t" + FLOATS + b"\x89U\x08abcdefghtb.", "does not fit its values"),
        (ARRAY + b"(K\x01(J\xff\xff\xff\xfft" + FLOATS + b"\x89U\x00tb.", "not a list of sizes"),
        (ARRAY + b"(K\x01(K\x02t" + OBJECTS + b"\x89](Netb.", "does not list as many"),
        (
            ARRAY
            + b"q\x00(K\x01)"
            + FLOATS
            + b"\x89U\x04abcdtb(K\x01)"
            + FLOATS
            + b"\x89U\x04abcdtb.",
            "twice",
        ),
        (b"(" * 5000 + b"t" * 5000, "cut off"),
        (b"N0" * 2**17 + b".", "more than 262,144 steps"),
    ],
)
def test_damaged_pickles(tmp_path: Path, pickled: bytes, words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        read(tmp_path / "w.npy", HEAD + pickled)


def test_an_unknown_protocol(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="protocol 9"):
        read(tmp_path / "w.npy", b"\x80\x09N.")


def test_an_arrays_bytes_stay_in_the_file(tmp_path: Path) -> None:
    path, large = tmp_path / "w.npy", np.arange(2**20, dtype="<f8")
    npy_of(path, [large], 4)
    tracemalloc.start()
    held, protocol = numpy_pickle.read(path, len(header()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(held, PickledArray) and protocol == 4
    [[array]] = held.items
    assert array.shape == large.shape and array.place.data is None
    assert peak < 2**18
    assert path.read_bytes()[array.place.start :][:24] == struct.pack("<3d", 0, 1, 2)


def test_numpy_1_and_2_name_their_modules_differently(tmp_path: Path) -> None:
    path = tmp_path / "w.npy"
    pickled = pickle.dumps(np.arange(3, dtype="<f4"), 2).replace(b"numpy._core.", b"numpy.core.")
    for module in (b"numpy.core.", b"numpy._core."):
        plain = ARRAY.replace(b"numpy.core.", module)
        held = read(path, HEAD + plain + b"(K\x01(K\x01t" + FLOATS + b"\x89U\x04\0\0\x80\x3ftb.")
        assert held.shape == (1,)
    assert b"_codecs" in pickled  # Python 3 pickles bytes as text in protocol 2
    with pytest.raises(NotPlainError, match="_codecs"):
        read(path, pickled)
