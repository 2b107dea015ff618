"""MAT 5 to 7 as SciPy writes it, whole and in parts, and what is no such file."""

from __future__ import annotations

import resource
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from netparity.files import mat5, mat5_bytes, mat5_writing, matlab
from netparity.files.limits import FEATURES, WEIGHTS, DamagedError
from netparity.files.matlab import Cell, Struct, leaves
from netparity.files.stored import Stored, Unreadable

HEAD = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
COMPRESSED = pytest.mark.parametrize("compressed", [False, True])


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def matrix(flags: int, dims: tuple[int, ...], name: str, *members: bytes) -> bytes:
    """A matrix as MathWorks' "MAT-File Format" describes it."""
    head = element(6, struct.pack("<II", flags, 0)) + element(
        5, struct.pack(f"<{len(dims)}i", *dims)
    )
    return element(14, head + element(1, name.encode()) + b"".join(members))


def written(path: Path, *variables: bytes) -> Path:
    path.write_bytes(HEAD + b"".join(variables))
    return path


def refused(path: Path, limits: Any = WEIGHTS) -> str:
    with pytest.raises(DamagedError) as caught:
        mat5.read(path, limits)
    return str(caught.value)


@COMPRESSED
def test_structs_cells_texts_and_numbers(tmp_path: Path, compressed: bool) -> None:
    cell = np.empty((1, 2), dtype=object)
    cell[0, :] = np.arange(6.0).reshape(2, 3), "two"
    array = np.zeros((1, 2), dtype=[("x", object)])
    array["x"][0, :] = 1.5, np.zeros((0, 0))
    contents = {"cell": cell, "res": array, "flag": np.array([[True]]), "word": "häß"}
    savemat(tmp_path / "f.mat", contents, do_compression=compressed)
    found = mat5.read(tmp_path / "f.mat", WEIGHTS)
    assert list(found) == ["cell", "res", "flag", "word"]
    named = {place: leaf for name, node in found.items() for place, leaf in leaves(name, node)}
    assert list(named) == ["cell{1}", "cell{2}", "res(1).x", "res(2).x", "flag", "word"]
    first = named["cell{1}"]
    assert isinstance(first, Stored)
    assert np.array_equal(first.load().T, cell[0, 0])
    assert np.array_equal(first.fetch(2, 4), [1, 4])
    assert (named["cell{2}"], named["word"]) == ("two", "häß")
    assert named["res(2).x"].size == 0
    assert named["flag"].dtype == np.bool_
    assert named["flag"].load() == [[True]]


@COMPRESSED
def test_what_netparity_writes_is_read_by_scipy_and_by_itself(
    tmp_path: Path, compressed: bool
) -> None:
    values = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
    array = mat5_writing.array((2, 3, 4), lambda: [values.ravel(order="F")], "x")
    other = mat5_writing.struct({"text": mat5_writing.text("a"), "n": mat5_writing.doubles(1)}, "s")
    mat5_writing.write(tmp_path / "f.mat", [array, other], compressed)
    assert np.array_equal(loadmat(tmp_path / "f.mat")["x"], values)
    found = mat5.read(tmp_path / "f.mat", WEIGHTS)
    assert np.array_equal(found["x"].load().T, values)
    assert matlab.fields(found["s"], "s")["text"] == "a"
    matlab.check_plain(found)


def test_more_compressed_variables_than_files_may_be_open(tmp_path: Path) -> None:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(most + 50, 5_000)
    packed = [
        zlib.compress(matrix(7, (1, 1), f"x{place}", element(7, struct.pack("<f", place))))
        for place in range(count)
    ]
    path = written(
        tmp_path / "f.mat", *(struct.pack("<II", 15, len(data)) + data for data in packed)
    )
    found = mat5.read(path, FEATURES)
    assert [found[f"x{place}"].load()[0, 0] for place in (0, count - 1)] == [0, count - 1]


def test_what_has_no_name_is_not_a_variable(tmp_path: Path) -> None:
    own = matrix(9, (1, 8), "", element(2, bytes(8)))
    path = written(tmp_path / "f.mat", matrix(6, (1, 1), "x", element(9, bytes(8))), own)
    assert list(mat5.read(path, WEIGHTS)) == ["x"]


@pytest.mark.parametrize(
    ("kind", "what"),
    [(5, "a sparse matrix"), (16, "a function"), (17, "an object"), (18, "values of class 18")],
)
def test_other_classes_are_named_and_refused_as_weights(
    tmp_path: Path, kind: int, what: str
) -> None:
    good = matrix(6, (1, 1), "x", element(9, bytes(8)))
    path = written(tmp_path / "f.mat", matrix(kind, (1, 1), "odd", element(5, bytes(8))), good)
    found = mat5.read(path, WEIGHTS)
    (odd,) = [node for name, node in found.items() if name != "x"]
    assert isinstance(odd, Unreadable)
    assert what in odd.what
    with pytest.raises(DamagedError, match=what):
        matlab.check_plain(found)


def test_an_object_is_a_struct_that_is_refused_as_weights(tmp_path: Path) -> None:
    field = [element(5, struct.pack("<i", 8)), element(1, b"x\0\0\0\0\0\0\0")]
    inner = matrix(6, (1, 1), "", element(9, struct.pack("<d", 2.5)))
    path = written(tmp_path / "f.mat", matrix(3, (1, 1), "o", element(1, b"class"), *field, inner))
    found = mat5.read(path, FEATURES)
    assert isinstance(found["o"], Struct)
    assert [(name, leaf.load().item()) for name, leaf in leaves("o", found["o"])] == [("o.x", 2.5)]
    for nested in (found["o"], Cell((found["o"],)), Struct(({"a": found["o"]},))):
        with pytest.raises(DamagedError, match="object"):
            matlab.check_plain({"o": nested})


def test_complex_numbers_are_not_cut(tmp_path: Path) -> None:
    savemat(tmp_path / "f.mat", {"x": np.array([[1 + 2j]])})
    assert mat5.read(tmp_path / "f.mat", WEIGHTS)["x"] == Unreadable("x", "complex numbers", (1, 1))


def test_a_long_text_is_not_read(tmp_path: Path) -> None:
    savemat(tmp_path / "f.mat", {"x": "a" * 100_000, "y": 1.0})
    found = mat5.read(tmp_path / "f.mat", WEIGHTS)
    assert found["x"] == Unreadable("x", "text of 100,000 characters")
    assert found["y"].load() == 1


def test_limits(tmp_path: Path) -> None:
    value = matrix(6, (1, 1), "", element(9, bytes(8)))
    path = written(tmp_path / "f.mat", matrix(1, (1, 20), "c", *[value] * 20))
    assert "claims 20 members" in refused(path, replace(WEIGHTS, members=10))
    assert "more than 20 arrays" in refused(path, replace(WEIGHTS, members=20))
    mat5.read(path, replace(WEIGHTS, members=21))
    deep = value
    for _ in range(40):
        deep = matrix(1, (1, 1), "c", deep)
    assert "nested too deeply" in refused(written(path, deep))
    savemat(path, {"x": np.zeros(100)})
    assert "800 bytes where at most 799" in refused(path, replace(WEIGHTS, array_bytes=799))
    twice = matrix(6, (1, 1), "x", element(9, bytes(8)))
    assert "'x' is duplicated" in refused(written(path, twice, twice))


@pytest.mark.parametrize(("limits", "accepted"), [(WEIGHTS, False), (FEATURES, True)])
def test_values_that_are_all_zero(tmp_path: Path, limits: Any, accepted: bool) -> None:
    """A dead layer's features pack a thousandfold; no weights do."""
    savemat(tmp_path / "f.mat", {"x": np.zeros(2**22)}, do_compression=True)
    if accepted:
        assert not mat5.read(tmp_path / "f.mat", limits)["x"].load().any()
    else:
        with pytest.raises(DamagedError, match="over 100 times"):
            mat5.read(tmp_path / "f.mat", limits)["x"].load()


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_compressed_variable_that_ends_early(tmp_path: Path, kept: float) -> None:
    """What it unpacks to is shorter than it claims; reading it must end."""
    whole = matrix(6, (100, 1), "x", element(9, bytes(800)))
    packed = zlib.compress(whole[: int(len(whole) * kept)])
    path = written(tmp_path / "f.mat", struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(DamagedError, match="cut off"):
        mat5.read(path, WEIGHTS)["x"].load()


def network_like(count: int) -> dict[str, Any]:
    """A cell of structs, each with a large array between small ones."""
    cell = np.empty((1, count), dtype=object)
    for place in range(count):
        large = np.random.default_rng(place).standard_normal((40, 50)).astype(np.float32)
        cell[0, place] = {"stride": 2.0, "weights": large, "pad": np.array([[0.0, 1, 0, 1]])}
    return {"layers": cell}


def test_a_compressed_variable_is_unpacked_once_for_all_its_small_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    savemat(tmp_path / "f.mat", network_like(50), do_compression=True)
    begun = []
    rewind = mat5_bytes.Packed.rewind
    monkeypatch.setattr(
        mat5_bytes.Packed, "rewind", lambda packed: (begun.append(1), rewind(packed))[1]
    )
    layers = mat5.read(tmp_path / "f.mat", WEIGHTS)["layers"]
    assert isinstance(layers, Cell)
    for layer in reversed(layers.members):
        assert matlab.numbers(matlab.fields(layer, "layer")["pad"]).tolist() == [0, 1, 0, 1]
        assert matlab.numbers(matlab.fields(layer, "layer")["stride"]).tolist() == [2]
    assert len(begun) == 2  # once to begin, and once to forget what was read


def test_a_plain_file_is_read_in_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    savemat(tmp_path / "f.mat", network_like(50))
    opened = []
    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, mode: (opened.append(1), real(path, mode))[1], raising=True
    )
    mat5.read(tmp_path / "f.mat", WEIGHTS)
    # 50 large arrays of 8,000 bytes in windows of 65,536, and what lies between.
    assert len(opened) <= 20


@COMPRESSED
def test_no_element_reaches_beyond_the_array_that_holds_it(
    tmp_path: Path, compressed: bool
) -> None:
    inner = bytearray(matrix(6, (1, 1), "", element(9, bytes(8))))
    inner[4:8] = struct.pack("<I", len(inner) - 8 - 16)  # without its values
    variable = matrix(1, (1, 2), "c", bytes(inner), matrix(6, (1, 1), "", element(9, bytes(8))))
    path = tmp_path / "f.mat"
    packed = zlib.compress(variable)
    whole = struct.pack("<II", 15, len(packed)) + packed if compressed else variable
    assert "beyond the array" in refused(written(path, whole))


@pytest.mark.parametrize("count", [10, 10_000], ids=["small", "large"])
def test_zlib_checksum_of_a_compressed_variable_is_compared(tmp_path: Path, count: int) -> None:
    """RFC 1950: Adler-32 of what was packed, at the end; here one bit of it is another."""
    values = np.random.default_rng(0).standard_normal((count, 1))
    savemat(tmp_path / "f.mat", {"x": values}, do_compression=True)
    data = bytearray((tmp_path / "f.mat").read_bytes())
    data[-1] ^= 1
    (tmp_path / "f.mat").write_bytes(data)
    with pytest.raises(zlib.error, match="incorrect data check"):
        mat5.read(tmp_path / "f.mat", WEIGHTS)["x"].load()


def test_arrays_are_read_in_any_order_but_not_at_any_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    savemat(tmp_path / "f.mat", network_like(60), do_compression=True)
    layers = mat5.read(tmp_path / "f.mat", WEIGHTS)["layers"]
    assert isinstance(layers, Cell)

    def read_backwards() -> None:
        for layer in reversed(layers.members):
            matlab.fields(layer, "layer")["weights"].load()

    read_backwards()
    monkeypatch.setattr(mat5_bytes, "_FREE_WASTE_BYTES", 0)
    monkeypatch.setattr(mat5_bytes, "_MOST_WASTE", 2)
    with pytest.raises(DamagedError, match="in another order"):
        read_backwards()
