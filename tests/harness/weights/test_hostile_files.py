"""Untrusted weight files: one sentence, exit code 2, nothing written, nothing run."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import random
import re
import struct
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from netparity.errors import InputError
from netparity.weights import open_weights
from netparity.weights.formats import BY_NAME
from tests.support import mat73_writer
from tests.support.cases import NANO, random_tensors
from tests.support.command_line import here
from tests.support.processes import processor_seconds

IN_PROCESS = ["matconvnet-simplenn", "matconvnet-simplenn-v7", "torchvision", "canonical"]
IN_PROCESS += ["torchvision-safetensors", "onnx", "npz"]
WITH_HDF5 = ["keras-h5", "keras2-h5", "keras-weights-h5", "keras"]


def refused(path: Path) -> str:
    before = processor_seconds()
    with pytest.raises(InputError) as caught:
        dict(open_weights(path).tensors)
    assert processor_seconds() - before < 20
    assert len(str(caught.value)) < 1500
    return str(caught.value)


def written(name: str, folder: Path) -> Path:
    path = folder / f"w{BY_NAME[name].suffixes[0]}"
    BY_NAME[name].write(path, NANO, random_tensors(NANO))
    return path


def damaged(data: bytes, seed: int) -> bytes:
    """Cut off, or with a few bytes changed, half of them where the structure stands."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 2, 4, 16])):
        reach = len(data) if chance.random() < 0.5 else min(len(data), 3000)
        changed[chance.randrange(reach)] = chance.choice([0, 1, 128, 255, chance.randrange(256)])
    return bytes(changed)


@pytest.mark.parametrize("name", IN_PROCESS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_damage_is_an_input_error_or_none(name: str, seed: int, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = written(name, folder)
    path.write_bytes(damaged(path.read_bytes(), seed))
    with contextlib.suppress(InputError):
        dict(open_weights(path, NANO).tensors)
    assert os.listdir(folder) == [path.name]


@pytest.mark.parametrize(
    "seeds", [range(3), pytest.param(range(3, 12), marks=pytest.mark.slow)], ids=["few", "more"]
)
@pytest.mark.parametrize("name", WITH_HDF5)
def test_damage_in_hdf5_is_an_input_error_or_none(name: str, seeds: range, tmp_path: Path) -> None:
    path = written(name, tmp_path)
    data = path.read_bytes()
    for seed in seeds:
        path.write_bytes(damaged(data, seed))
        with contextlib.suppress(InputError):
            dict(open_weights(path, NANO).tensors)
    assert os.listdir(tmp_path) == [path.name]


def test_a_bit_that_makes_hdf5_ask_for_gigabytes(tmp_path: Path) -> None:
    """Fuzzing found bits that cost 2 GB and 5 s; a process of its own opens the file first."""
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = np.array([b"x"])
        data = file.create_group("x").create_dataset("k", (2**28,), "<f4", chunks=(2**26,))
        data.parent.attrs["weight_names"] = np.array([b"k", b"k"])
    assert "pieces" in refused(path)


# --- pickles --------------------------------------------------------------------------------


class Hostile:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def in_archive(path: Path, data: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    return path


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("wrap", ["archive", "plain"])
def test_a_hostile_pickle_runs_nothing(tmp_path: Path, protocol: int, wrap: str) -> None:
    marker = tmp_path / "ran"
    data = pickle.dumps({"features.0.weight": Hostile(marker)}, protocol)
    path = tmp_path / "w.pth"
    if wrap == "archive":
        in_archive(path, data)
    else:
        path.write_bytes(data)
    refused(path)
    assert not marker.exists()


@pytest.mark.parametrize(
    ("pickled", "words"),
    [
        (b"\x80\x02cbuiltins\neval\nX\x03\x00\x00\x001+1\x85R.", r"builtins\.eval"),
        (b"\x80\x02c__builtin__\nexec\n)R.", r"__builtin__\.exec"),
        (b"\x80\x02}r\xff\xff\xff\x7f.", "no dictionary of tensors"),
        (b"\x80\x02X\xff\xff\xff\x7fabc.", "expected"),
        (b"\x80\x02" + b"(" * 5000 + b"t" * 5000 + b".", "no dictionary"),
        (b"\x80\x02}X\x01\x00\x00\x00ah\x07s.", "recalls"),
        (b"\x80\x02u.", "."),
    ],
)
def test_pickles_that_are_no_state_dict(tmp_path: Path, pickled: bytes, words: str) -> None:
    message = refused(in_archive(tmp_path / "w.pth", pickled))
    assert re.search(words, message), message


# --- archives -------------------------------------------------------------------------------


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conv1_1.kernel.npy", b"\0" * 2**26)
    assert "unpacks" in refused(path)


@pytest.mark.parametrize("name", ["../conv1_1.kernel.npy", "/conv1_1.kernel.npy"])
def test_names_that_lead_out_of_an_archive(tmp_path: Path, name: str) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"")
    assert "leads out" in refused(path)


def test_an_npz_with_objects(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    np.savez(path, **{"conv1_1.kernel": np.array([{}], dtype=object)})
    assert "pickled objects" in refused(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_npz_with_one_name_twice(tmp_path: Path) -> None:
    path = written("npz", tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("conv1_1.bias.npy", b"x")
    assert "duplicated" in refused(path)


# --- other containers -----------------------------------------------------------------------


def test_a_compressed_mat_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    packed = zlib.compress(struct.pack("<II", 14, 2**31) + b"\0" * 2**27, 9)
    path = tmp_path / "w.mat"
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    path.write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)
    refused(path)


def test_a_mat_with_an_object(tmp_path: Path) -> None:
    path = tmp_path / "w.mat"
    savemat(path, {"layers": np.zeros((2, 2))})
    data = bytearray(path.read_bytes())
    data[144] = 17  # the class of the first variable: an object of MATLAB's
    path.write_bytes(data)
    assert "object" in refused(path)


def test_a_safetensors_header_that_claims_everything(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(struct.pack("<Q", 2**40) + b'{"a":1}')
    refused(path)
    entry = {"conv1_1.kernel": {"dtype": "F32", "shape": [2**20, 2**20], "data_offsets": [0, 4]}}
    text = json.dumps(entry).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 4)
    refused(path)


def test_an_onnx_that_keeps_values_in_another_file(tmp_path: Path) -> None:
    tensor = b"\x08\x02\x10\x01\x42\x01w" + b"\x6a\x00\x70\x01"
    graph = b"\x2a" + bytes([len(tensor)]) + tensor
    path = tmp_path / "w.onnx"
    path.write_bytes(b"\x08\x08\x3a" + bytes([len(graph)]) + graph)
    assert "another file" in refused(path)


def test_a_v73_mat_with_a_link_elsewhere(tmp_path: Path) -> None:
    path, other = tmp_path / "w.mat", tmp_path / "other.mat"
    mat73_writer.write(other, mat73_writer.simplenn(NANO, random_tensors(NANO)))
    mat73_writer.write(path, {"meta": {}})
    with h5py.File(path, "r+") as file:
        file["layers"] = h5py.ExternalLink(str(other), "/layers")
    assert "is a link" in refused(path)


@pytest.mark.parametrize("name", ["w.h5", "w.mat", "w.pth", "w.onnx", "w.npz", "w.safetensors"])
def test_the_command_ends_with_a_sentence_and_code_2(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.write_bytes(io.BytesIO(b"\x08" + os.urandom(3000)).getvalue())
    for command in (["inspect", name], ["convert", name, "out.npz"], ["verify", name, name]):
        done = here("weights", *command)
        assert done.exit_code == 2, done.stderr
        last = done.stderr.splitlines()[-1]
        assert last.startswith("netparity: error: ") and name in last
        assert os.listdir(tmp_path) == [name]
