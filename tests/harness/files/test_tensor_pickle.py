"""Pickles from strangers: nothing is imported or called, and little is built from much."""

from __future__ import annotations

import io
import os
import pickle
import sys
from pathlib import Path

import pytest

from netparity.files import tensor_pickle
from netparity.files.limits import WEIGHTS, DamagedError
from netparity.files.pickled_objects import Placeholder
from netparity.files.source import Source
from netparity.weights.formats import torchvision_pth
from tests.support.processes import processor_seconds
from tests.support.torch_files import in_archive, refused

MOST = tensor_pickle.MOST_INSTRUCTIONS
START = b"\x80\x02"
STORAGE = b"(U\x07storagectorch\nFloatStorage\nU\x011U\x03cpuK\x01tq\x00"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\nq\x01(" + STORAGE + b"QK\x00))\x89}tq\x02"


def read(data: bytes) -> object:
    return tensor_pickle.read(io.BytesIO(data)).value


class Calling:
    """Pickled as a call of a function."""

    def __init__(self, function, *arguments) -> None:
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", range(6))
def test_objects_are_placeholders(protocol: int) -> None:
    import decimal

    value = {"a": decimal.Decimal("1.5"), "b": {1, 2}, "c": [1, 2.5, None, True, ("x",)], "d": b"y"}
    found = read(pickle.dumps(value, protocol))
    assert isinstance(found, dict)
    assert found["c"] == [1, 2.5, None, True, ("x",)]
    assert isinstance(found["a"], Placeholder)
    assert found["a"].kind == "decimal.Decimal"
    assert isinstance(found["b"], Placeholder)
    assert isinstance(found["d"], Placeholder)


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_imported_or_called(tmp_path: Path, protocol: int) -> None:
    (tmp_path / "never_imported.py").write_text("raise SystemExit")
    sys.path.insert(0, str(tmp_path))
    try:
        found = read(b"\x80\x02cnever_imported\nthing\nK\x01\x85R.")
    finally:
        sys.path.remove(str(tmp_path))
    assert isinstance(found, Placeholder)
    assert "never_imported" not in sys.modules
    marker = tmp_path / "ran"
    data = pickle.dumps({"a": Calling(os.system, f"touch {marker}")}, protocol)
    with pytest.raises(DamagedError, match=r"would run (posix|nt)\.system"):
        read(data)
    assert not marker.exists()


def test_recursive_objects_are_read() -> None:
    value: list = [1]
    value.append({"self": value})
    found = read(pickle.dumps(value))
    assert isinstance(found, list)
    assert found[1]["self"] is found


@pytest.mark.parametrize("data", [b"}", b"(", b"N2", b"ca\nb\n"])
def test_a_pickle_of_too_many_things(data: bytes) -> None:
    """A few KB of an archive may unpack to megabytes of them."""
    before = processor_seconds()
    with pytest.raises(DamagedError, match="lists more than 262,144 things"):
        read(START + data * 4_000_000 + b".")
    assert processor_seconds() - before < 5


@pytest.mark.parametrize(
    "data",
    [
        b"N" + b"2\x86" * (MOST // 2 - 10),
        b"]q\x00" + b"]q\x01(h\x00h\x00eq\x00" * (MOST // 8),
        b"}N" + b"2\x86" * 1000 + b"Ns",
        b"}" + b"U\x01a}" * (MOST // 4) + b"s" * (MOST // 4),
        b"(" + b"}U\x01aNs" * (MOST // 5) + b"l",
        b"(" + b"\x8a\x0aABCDEFGHIJ" * (MOST - 10) + b"l",
        b"\x8b" + (15_000_000).to_bytes(4, "little") + b"a" * 15_000_000,
        b"L" + b"1" * 15_000_000 + b"L\n",
        b"X" + (2**20).to_bytes(4, "little") + "\U0001f600".encode() + b"a" * (2**20 - 4),
        b"}(U\x05stateNU\x0cparam_groupsNuq\x00" + b"]q\x01(h\x00h\x00eq\x00" * (MOST // 9),
        b"(" + STORAGE + b"Q" + b"h\x00Q" * (MOST // 2 - 20) + b"l",
        TENSOR + b"0(" + b"h\x01h\x02R" * (MOST // 3 - 20) + b"l",
        TENSOR + b"Rq\x03(" + b"}U\x01ah\x03s" * (MOST // 5 - 20) + b"l",
        b"}(U\x0b_parameters}U\x08_modulesNuq\x05(ca\nb\nq\x00"
        + b"h\x00)\x81h\x05b" * (MOST // 5 - 20)
        + b"l",
        # What is cheap once is asked for again and again.
        b"X" + (2**20).to_bytes(4, "little") + b"a" * 2**20 + b"q\x00" + b"h\x00h\x00\x93" * 80_000,
        b"c" + b"a" * 2**20 + b"\nb\nq\x00" + b"h\x00)R" * 80_000,
        STORAGE[:-3] + b"K\x01" * 60_000 + b"tq\x00" + b"h\x00Q" * 60_000,
        TENSOR[:-4] + b"K\x01" * 60_000 + b"tq\x02" + b"h\x01h\x02R" * 50_000,
        b"ccollections\nOrderedDict\nq\x00"
        + b"]("
        + b"".join(b"J%sN\x86" % number.to_bytes(4, "little") for number in range(40_000))
        + b"e\x85q\x01("
        + b"h\x00h\x01R" * 40_000
        + b"l",
        b"}q\x00("
        + b"".join(b"J%sN" % number.to_bytes(4, "little") for number in range(50_000))
        + b"u}("
        + b"".join(b"J%sh\x00" % number.to_bytes(4, "little") for number in range(50_000))
        + b"u",
        TENSOR
        + b"Rq\x03}q\x04("
        + b"".join(b"U\x01%ch\x03" % letter for letter in b"abcdefgh")
        + b"u0}("
        + b"".join(b"U\x06%06dh\x04" % number for number in range(60_000))
        + b"u",
    ],
    ids=[
        *("tuples of tuples", "lists of lists", "a deep key", "a deep dictionary"),
        *("dictionaries", "integers", "a long integer", "digits", "a long text"),
        *("optimizers", "storages", "tensors", "state dicts", "modules"),
        *("names", "a long name", "long storages", "long tensors", "ordered dictionaries"),
        *("shared dictionaries", "shared layers"),
    ],
)
def test_structures_that_grow_by_references(tmp_path: Path, data: bytes) -> None:
    path = in_archive(tmp_path / "w.pth", START + data + b".")
    before = processor_seconds()
    assert len(refused(path)) < 1000
    assert processor_seconds() - before < 5


def test_one_name_twice(tmp_path: Path) -> None:
    data = START + TENSOR + b"Rq\x03}(U\x01ah\x03U\x01ah\x03u."
    path = in_archive(tmp_path / "w.pth", data)
    assert torchvision_pth.recognise(Source(path, WEIGHTS))
    assert "'a' is duplicated in it" in refused(path)
