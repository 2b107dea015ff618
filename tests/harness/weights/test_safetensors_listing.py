"""What safetensors list: any names and types, in one file or in several with an index."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files import shards
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source, open_source
from netparity.weights.formats import canonical, torchvision_pth, torchvision_safetensors
from netparity.weights.listing import TORCH, UNKNOWN, Listing
from tests.support import torch_files
from tests.support.cases import NANO, random_tensors
from tests.support.safetensors_files import write, write_index, write_shards

NAMES = ("stem.conv.weight", "stem.conv.bias", "stem.bn.running_mean", "head.fc.weight")
ARRAYS = {
    name: np.random.default_rng(0).random((3, 2 + place)).astype("<f4")
    for place, name in enumerate(NAMES)
}


def listed(path: Path) -> Listing:
    source = open_source(path, WEIGHTS, "weights", "a.h5")
    assert torchvision_safetensors.recognise(source)
    assert not canonical.recognise(source)
    assert not torchvision_pth.recognise(source)
    return torchvision_safetensors.listing(source)


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        listed(path)
    return str(caught.value)


def same(found: Listing) -> bool:
    return set(found.tensors) == set(ARRAYS) and all(
        np.array_equal(found.tensors[name].load(), ARRAYS[name]) for name in ARRAYS
    )


def test_any_names(tmp_path: Path) -> None:
    found = listed(write(tmp_path / "w.bin", ARRAYS))
    assert same(found)
    assert not found.ordered  # PyTorch's library sorts them by type and name


@pytest.mark.parametrize(
    "dtype", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "u4", "u8", "b1"]
)
def test_every_type_of_numbers(tmp_path: Path, dtype: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(f"<{dtype}")
    scalar = np.array(1, f"<{dtype}")
    found = listed(write(tmp_path / "w", {"a.weight": values, "b": scalar})).tensors
    np.testing.assert_array_equal(found["a.weight"].load(), values, strict=True)
    np.testing.assert_array_equal(found["b"].load(), scalar, strict=True)


def test_bfloat16_is_made_float32_exactly(tmp_path: Path) -> None:
    exact = np.array([[1.0, -2.5], [0.15625, 2.0**-130]], "<f4")
    bits = (exact.view("<u4") >> 16).astype("<u2")
    found = listed(write(tmp_path / "w", {"a.weight": bits})).tensors["a.weight"]
    np.testing.assert_array_equal(found.load(), exact, strict=True)


@pytest.mark.parametrize(
    ("metadata", "names", "kernels"),
    [
        ({"format": "pt"}, ("a", "b"), TORCH.kernels),
        (None, ("a.weight", "a.bias"), TORCH.kernels),
        ({"format": "flax"}, ("a.kernel", "a.bias"), UNKNOWN.kernels),
        ({"format": "tf"}, ("a/kernel:0", "a/bias:0"), UNKNOWN.kernels),
        ({"format": "mlx"}, ("a.weight", "a.bias"), ("OHWI",)),
        (None, ("a", "b"), UNKNOWN.kernels),
    ],
)
def test_which_tool_wrote_it(tmp_path: Path, metadata, names, kernels) -> None:
    arrays = dict.fromkeys(names, np.zeros((2, 2), "<f4"))
    assert listed(write(tmp_path / "w", arrays, metadata)).convention.kernels == kernels


def test_netparitys_own_stay_netparitys(tmp_path: Path) -> None:
    canonical.write(tmp_path / "w", NANO, random_tensors(NANO))
    source = Source(tmp_path / "w", WEIGHTS)
    assert canonical.recognise(source)
    assert not torchvision_safetensors.recognise(source)


def test_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "w", ARRAYS)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    refused(path)
    text = b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\0")
    assert "'a' is of type 'F8_E4M3'; expected F64, F32" in refused(path)
    text = b'{"a":{"dtype":"F32","shape":[' + b"1," * 40 + b'1],"data_offsets":[0,4]}}'
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\0" * 4)
    assert "41 axes" in refused(path)
    path.write_bytes((2**23 + 1).to_bytes(8, "little") + b'{"a":')
    assert "claims 8,388,609 bytes" in refused(path)


# --- several files --------------------------------------------------------------------------


def test_an_index_its_folder_and_each_of_its_files(tmp_path: Path) -> None:
    index = write_shards(tmp_path, ARRAYS, 3)
    for path in (index, tmp_path, *sorted(tmp_path.glob("*.safetensors"))):
        found = listed(path)
        assert same(found)
        assert found.convention is TORCH
        assert found.notes == (
            "3 files were read together, model-00001-of-00003.safetensors to "
            "model-00003-of-00003.safetensors",
        )
    parts = tuple(sorted(tmp_path.glob("*.safetensors")))
    assert shards.every_file(tmp_path) == shards.every_file(index) == (index, *parts)
    assert shards.every_file(parts[1]) == parts
    index.unlink()
    assert same(listed(parts[1]))


def test_a_folder_with_one_file(tmp_path: Path) -> None:
    write(tmp_path / "model.safetensors", ARRAYS)
    assert same(listed(tmp_path))
    assert shards.every_file(tmp_path) == (tmp_path / "model.safetensors",)
    with pytest.raises(InputError, match="folder"):
        open_source(tmp_path, WEIGHTS, "features", "a.npy")


@pytest.mark.parametrize("given", ["model-00001-of-00003.safetensors", "."])
def test_a_missing_file_is_named(tmp_path: Path, given: str) -> None:
    write_shards(tmp_path, ARRAYS, 3)
    (tmp_path / "model-00002-of-00003.safetensors").unlink()
    assert "'model-00002-of-00003.safetensors' is missing" in refused(tmp_path / given)


@pytest.mark.parametrize(
    "name",
    ["../w.safetensors", "/etc/passwd", "in/w.safetensors", "..", "", "a\0b", "..\\w", "pipe"],
)
def test_an_index_that_leads_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "here"
    (folder / "in").mkdir(parents=True)
    for place in (tmp_path, folder / "in"):
        write(place / "w.safetensors", ARRAYS)
    os.mkfifo(folder / "pipe")
    message = refused(write_index(folder, {"a": name}))
    assert "not in its folder" in message or "is missing" in message


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({}, "contains no weight_map"),
        ([], "contains no weight_map"),
        ({"a": 3}, "names no file for 'a'"),
        ({str(n): f"{n}.safetensors" for n in range(1001)}, "1,001 files"),
        (dict.fromkeys(map(str, range(10_001)), "w"), "10,001 tensors"),
        ({"other.weight": "w.safetensors"}, "does not hold 'other.weight'"),
        ({"a": "w.safetensors", "b": "w2.safetensors"}, "in two of its parts"),
        ({"a": "text.safetensors"}, "does not begin like safetensors"),
        ({"a": "lfs.safetensors"}, "'lfs.safetensors' is a Git LFS pointer; fix: git lfs pull"),
    ],
)
def test_an_index_that_is_damaged(tmp_path: Path, places, words: str) -> None:
    write(tmp_path / "w.safetensors", ARRAYS)
    write(tmp_path / "w2.safetensors", ARRAYS)
    (tmp_path / "text.safetensors").write_text("not a file of tensors at all")
    (tmp_path / "lfs.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    assert words in refused(write_index(tmp_path, places))


def test_an_index_that_is_not_one(tmp_path: Path) -> None:
    index = tmp_path / "model.safetensors.index.json"
    for text in ("{" * 100_000, '{"weight_map": 3}', '{"a": ' + "[" * 100_000):
        index.write_text(text)
        refused(index)


def test_files_of_pytorch_with_an_index(tmp_path: Path) -> None:
    parts = [torch_files.state_dict("a"), torch_files.state_dict("b.0", "b.1")]
    places = {}
    for number, part in enumerate(parts, 1):
        path = tmp_path / f"pytorch_model-{number:05}-of-00002.bin"
        torch_files.save(path, part)
        places |= dict.fromkeys(part, path.name)
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"weight_map": places}))
    expected = [name for part in parts for name in part]
    for path in (index, tmp_path, tmp_path / "pytorch_model-00002-of-00002.bin"):
        source = open_source(path, WEIGHTS, "weights", "a.h5")
        assert torchvision_pth.recognise(source)
        assert not torchvision_safetensors.recognise(source)
        assert list(torchvision_pth.listing(source).tensors) == expected
