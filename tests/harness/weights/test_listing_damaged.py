"""Damaged files of tensors end in a sentence or list what is there; nothing else happens."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights.formats import BY_NAME, keras3, keras_h5, npy_pickle, npz
from netparity.weights.listing import Listing
from tests.harness.weights.test_hostile_files import damaged
from tests.support.cases import NANO, random_tensors
from tests.support.keras_zoo import unpacked
from tests.support.pickles import npy_of, python2
from tests.support.processes import processor_seconds
from tests.support.unexamined import unexamined

Lists = Callable[[Source], Listing]


def layers() -> dict[str, list[np.ndarray]]:
    return {"conv1": [np.ones((3, 3, 3, 4), "f4"), np.ones(4, ">f4")], "fc": [np.ones((16, 5))]}


def of_python3(path: Path) -> None:
    npy_of(path, layers(), 4)


def of_python2(path: Path) -> None:
    path.write_bytes(python2(layers()))


def of_many_names(path: Path) -> None:
    held = {
        f"{layer}/{at}": array for layer, two in layers().items() for at, array in enumerate(two)
    }
    np.savez(path, **held, **{"fc/1/Adam": np.ones(4), "names": np.array(["a"])})


def of_numbers(path: Path) -> None:
    np.savez_compressed(path, *[array for arrays in layers().values() for array in arrays])


def lists_or_refuses(path: Path, listing: Lists) -> None:
    before = processor_seconds()
    with contextlib.suppress(InputError):
        found = listing(Source(path, WEIGHTS))
        for stored in found.tensors.values():
            with contextlib.suppress(Exception):  # as `file_tensors` does, with a sentence
                stored.load()
    assert processor_seconds() - before < 2


@pytest.mark.parametrize(
    ("write", "suffix", "listing"),
    [
        (of_python3, ".npy", npy_pickle.listing),
        (of_python2, ".npy", npy_pickle.listing),
        (of_many_names, ".npz", npz.listing),
        (of_numbers, ".npz", npz.listing),
    ],
)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_files_of_numpy(write, suffix: str, listing: Lists, seed: int, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / f"w{suffix}"
    write(path)
    path.write_bytes(damaged(path.read_bytes(), seed))
    lists_or_refuses(path, listing)
    assert os.listdir(folder) == [path.name]


@pytest.mark.parametrize(
    "seeds", [range(4), pytest.param(range(4, 25), marks=pytest.mark.slow)], ids=["few", "more"]
)
@pytest.mark.parametrize(
    ("name", "listing"),
    [
        ("keras-h5", keras_h5.listing),
        ("keras-weights-h5", keras3.listing_of_h5),
        ("keras3-nested.h5", keras_h5.listing),
        ("keras3-nested.keras", keras3.listing_of_archive),
    ],
)
def test_files_of_keras(name: str, listing: Lists, seeds: range, tmp_path: Path) -> None:
    if name in BY_NAME:
        path = tmp_path / f"w{BY_NAME[name].suffixes[0]}"
        BY_NAME[name].write(path, NANO, random_tensors(NANO))
    else:
        path = unpacked(name, tmp_path)
    data = path.read_bytes()
    for seed in seeds:
        path.write_bytes(damaged(data, seed))
        lists_or_refuses(path, listing)
    assert os.listdir(tmp_path) == [path.name]


def test_attributes_of_other_kinds(tmp_path: Path) -> None:
    """Names, counts and lists that are numbers, texts, empty or nothing."""
    chance = random.Random(0)
    strange = [
        -1,
        2**40,
        1.5,
        float("nan"),
        "",
        b"\xff",
        [],
        [1.5],
        [b"a", b""],
        h5py.Empty("f"),
    ]
    marks = ["layer_names", "nb_layers", "backend", "keras_version", "layer_names0"]
    for place in range(40):
        path = tmp_path / f"{place}.h5"
        with h5py.File(path, "w") as file:
            group = file.create_group("layer_0")
            group["param_0"] = np.ones((2, 2))
            for name in marks:
                if chance.random() < 0.6:
                    file.attrs[name] = chance.choice(strange)
            for name in ("weight_names", "nb_params", "name"):
                group.attrs[name] = chance.choice(strange)
        with unexamined():
            lists_or_refuses(path, keras_h5.listing if place % 2 else keras3.listing_of_h5)
