"""SimpleNN and DagNN structures with anything in any place end in a network or in one sentence."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netparity.errors import InputError
from netparity.files import mat5
from netparity.files.limits import WEIGHTS, reading
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.source import Source
from netparity.files.stored import Stored, Unreadable, empty
from netparity.networks import NETWORKS
from netparity.networks.matconvnet.file import McnFile
from netparity.networks.reading import READERS, dagnn, simplenn
from netparity.networks.writing import WRITERS
from tests.support.matconvnet_branches import every_operation
from tests.support.networks_in_octave import synthetic

MOST_SECONDS = 2.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A chain and a graph."""
    folder = tmp_path_factory.mktemp("files")
    networks = {"simplenn": NETWORKS["alexnet-tiny"], "dagnn": every_operation()}
    for writer, network in networks.items():
        WRITERS[writer].write(folder / f"{writer}.mat", network, synthetic(network))
    return {writer: folder / f"{writer}.mat" for writer in networks}


@cache
def structure(path: Path) -> Mapping[str, Node]:
    return mat5.read(path, WEIGHTS)


def numbers(values: object) -> Stored:
    array = np.asarray(values, float)
    shape = array.shape[::-1]
    return Stored("x", shape, array.dtype, lambda start, stop: array.T.reshape(-1)[start:stop])


def nothing_here(start: int, stop: int) -> np.ndarray:
    raise AssertionError("an array of 2^40 values must not be read")


STRANGE: tuple[Callable[[random.Random], Node], ...] = (
    lambda r: "",
    lambda r: r.choice(["conv", "dagnn.Sum", "x1", "é" * 500]),
    lambda r: empty(""),
    lambda r: Cell(()),
    lambda r: Struct(()),
    lambda r: Struct(({},)),
    lambda r: Cell((Cell((Cell(("a",)),)),)),
    lambda r: Unreadable("u", "an object of MATLAB's"),
    lambda r: numbers([[r.choice([0, -1, 1, 2, 1e9, 1e300, np.nan, np.inf, 0.5])] * 4]),
    lambda r: numbers([[r.choice([0, -1, 1, 2, 1e9, 1e300, np.nan, np.inf, 0.5])]]),
    lambda r: numbers(np.ones([r.choice([1, 2, 3, 7])] * r.choice([2, 3, 4, 6]))),
    lambda r: Stored("large", (2**20, 2**20), np.dtype(float), nothing_here),
)


def mutated(node: Node, chance: random.Random, share: float) -> Node:
    """A structure, some of whose members are something else, or missing."""
    if chance.random() < share:
        return chance.choice(STRANGE)(chance)
    if isinstance(node, Cell):
        kept = [member for member in node.members if chance.random() > share / 2]
        return Cell(tuple(mutated(member, chance, share) for member in kept))
    if isinstance(node, Struct):
        return Struct(
            tuple(
                {
                    name: mutated(value, chance, share)
                    for name, value in member.items()
                    if chance.random() > share / 2
                }
                for member in node.members
            )
        )
    return node


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["simplenn", "dagnn"]))
@example(seed=27541, kind="simplenn")  # a border of a thousand million pixels
def test_a_network_or_a_sentence(files: Mapping[str, Path], seed: int, kind: str) -> None:
    chance = random.Random(seed)
    variables = dict(structure(files[kind]))
    share = chance.choice([0.0005, 0.002, 0.02])
    layers = variables.pop("layers")
    assert isinstance(layers, (Cell, Struct))
    again = mutated(layers, chance, share)
    rest = {name: mutated(value, chance, share) for name, value in variables.items()}
    if not isinstance(again, (Cell, Struct)):
        return
    reader = {Cell: simplenn, Struct: dagnn}[type(again)]
    started = time.process_time()
    size = chance.choice([None, (64, 64)])
    try:
        with reading(Path("net.mat"), "a network"):  # as whoever opens the file does
            reader.network_of(McnFile(again, rest), Path("net.mat"), size)
    except InputError as error:
        assert len(str(error)) < 2000 and "\n" not in str(error)
    assert time.process_time() - started < MOST_SECONDS


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["simplenn", "dagnn"]))
def test_damaged_files(files: Mapping[str, Path], seed: int, kind: str) -> None:
    chance = random.Random(seed)
    data = bytearray(files[kind].read_bytes())
    for _ in range(chance.choice([1, 5, 50])):
        # Most damage goes to the structure: what follows the arrays' tags, and not their values.
        data[chance.randrange(128, len(data))] = chance.randrange(256)
    del data[chance.choice([len(data), chance.randrange(200, len(data))]) :]
    path = files[kind].with_name(f"damaged-{kind}.mat")
    path.write_bytes(data)
    source = Source(path, WEIGHTS)
    try:
        for reader in READERS:
            if reader.recognises(source):
                found = reader.read(source, None)
                for name in found.network.tensors:
                    found.tensors[name]
    except InputError as error:
        assert "\n" not in str(error)


def test_a_file_that_is_cut_off_says_so(files: Mapping[str, Path], tmp_path: Path) -> None:
    (tmp_path / "cut.mat").write_bytes(files["simplenn"].read_bytes()[:5000])
    source = Source(tmp_path / "cut.mat", WEIGHTS)
    [reader] = [reader for reader in READERS if reader.recognises(source)]
    with pytest.raises(InputError, match="ends early: it has 5,000 bytes of at least"):
        reader.read(source, None)


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        (b"net", b"dagnn.DagNN", r"only MATLAB can load; in MATLAB: s = net\.saveobj"),
        (b"net", b"SeriesNetwork", r"'net' is a SeriesNetwork .* exportONNXNetwork\(net, 'netw"),
        (b"vgg", b"DAGNetwork", r"'vgg' is a DAGNetwork .* exportONNXNetwork\(vgg, 'netw"),
    ],
)
def test_an_object_of_matlab_names_the_way_out(
    tmp_path: Path, name: bytes, kind: bytes, words: str
) -> None:
    """A network that was saved as it is: class 17, a name, a type system and a class's name."""

    def element(kind: int, data: bytes) -> bytes:
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    opaque = element(6, struct.pack("<II", 17, 0))
    texts = b"".join(element(1, text) for text in (name, b"MCOS", kind))
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    (tmp_path / "net.mat").write_bytes(head + element(14, opaque + texts))
    source = Source(tmp_path / "net.mat", WEIGHTS)
    [reader] = [reader for reader in READERS if reader.recognises(source)]
    with pytest.raises(InputError, match=words):
        reader.read(source, None)
