"""No file that somebody else made can hang, kill or deceive: it is refused with a sentence."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.features import read_features
from netparity.inputs import decode
from netparity.networks import NETWORKS
from netparity.networks.opening import read_network
from netparity.results.folder import RunFolder, read_npy
from netparity.weights.matching.naming_map import read_map
from netparity.weights.opened import named, open_weights
from tests.faults.table import Fault, Strike
from tests.support import hostile_files, hostile_hdf5, hostile_images
from tests.support.cases import NANO, random_tensors
from tests.support.matconvnet_files import conv, normalization, save_simplenn, single

CHECK = "check {} --model vgg16-tiny --input x.npy"
INSPECT = "weights inspect {}"


def _words(make: Callable[..., object]) -> str:
    return make.__name__.replace("_", " ")


def _hostile(make: Callable[[Path], None], suffix: str) -> Callable[[Path], list[str]]:
    def made(folder: Path) -> list[str]:
        make(folder / f"f{suffix}")
        np.save(folder / "x.npy", np.zeros((1, *NETWORKS["vgg16-tiny"].input_size, 3), np.float32))
        return [f"f{suffix}"]

    return made


FILES = [
    *hostile_files.HOSTILE.items(),
    *((make, ".h5") for make in hostile_hdf5.HOSTILE),
]
BOMBS = [
    Fault(
        f"{command.split()[0]}: {_words(make)}", _hostile(make, suffix), command, says=[r"f\.\w+"]
    )
    for make, suffix in FILES
    for command in (CHECK, INSPECT)
]


@pytest.mark.parametrize("fault", BOMBS, ids=str)
def test_what_asks_for_too_much(fault: Fault, strike: Strike):
    strike(fault)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the path of a socket may have 108 bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
    os.fchdir(here)
    os.close(here)


def _device(path: Path) -> None:
    path.symlink_to("/dev/urandom")


def _endless(path: Path) -> None:
    path.symlink_to("/proc/kmsg")


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


SPECIAL = (_pipe, _socket, _device, _endless, _circle, Path.mkdir)
READ = {
    "features": (".npy", CHECK),
    "weights": (".h5", INSPECT),
    "network": (".onnx", "network show {}"),
    "image": (".png", "check x.npy --model vgg16-tiny --image {}"),
    "input": (".npy", "check x.npy --model vgg16-tiny --input {}"),
    "mean": (
        ".binaryproto",
        "check x.npy --model vgg16-tiny --image i.png --mean {}",
    ),
    "run": ("", "report {}"),
}


def _special(make: Callable[[Path], object], suffix: str) -> Callable[[Path], list[str]]:
    def made(folder: Path) -> list[str]:
        make(folder / f"f{suffix}")
        np.save(folder / "x.npy", np.zeros((1, *NETWORKS["vgg16-tiny"].input_size, 3), np.float32))
        (folder / "i.png").write_bytes(hostile_images.stored_png())
        return [f"f{suffix}"]

    return made


@pytest.mark.parametrize(
    "fault",
    [
        Fault(
            f"{what}: {_words(make).strip()}", _special(make, suffix), command, says=[f"f{suffix}"]
        )
        for what, (suffix, command) in READ.items()
        for make in SPECIAL
    ],
    ids=str,
)
def test_what_is_not_a_file(fault: Fault, strike: Strike):
    strike(fault)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(
            _words(make),
            _special(make, ".png"),
            "check x.npy --model vgg16-tiny --image {}",
            says=["image f.png"],
        )
        for make in hostile_images.HOSTILE
    ],
    ids=str,
)
def test_images(fault: Fault, strike: Strike):
    strike(fault)


def _simplenn(folder: Path, pool: dict, relu: dict, meta: dict) -> list[str]:
    window = {"pool": np.array([[2.0, 2.0]]), "method": "max", "stride": 2.0, "pad": 0.0}
    layers = [
        conv("conv", single(3, 3, 3, 2)),
        {"name": "relu", "type": "relu"} | relu,
        {"name": "pool", "type": "pool"} | window | pool,
    ]
    layers[2] = {name: value for name, value in layers[2].items() if value is not None}
    save_simplenn(folder / "f.mat", layers, meta={"normalization": normalization(**meta)})
    return ["f.mat"]


OTHERWISE = {
    "a mean with NaN": ({}, {}, {"averageImage": np.float32([[[1, np.nan, 2]]])}, "averageImage"),
    "an infinite mean image": (
        *({}, {}),
        {"averageImage": np.full((8, 8, 3), np.inf, np.float32)},
        "averageImage",
    ),
    "a deviation of zero": ({}, {}, {"imageStd": np.float32([[[1, 0, 2]]])}, "imageStd"),
    "a border without end": ({}, {}, {"border": np.array([[1e9, 1e9]])}, "border"),
    "a pool without a window": ({"pool": None}, {}, {}, "'pool'.*window"),
    "a method that is a number": ({"method": 1.0}, {}, {}, "'pool'.*method"),
    "options that are not read": (
        {"opts": np.array([["pad", 3.0]], object)},
        *({}, {}),
        "'pool'.*'pad' in opts",
    ),
    "a leak below zero": ({}, {"leak": -0.1}, {}, "'relu'.*leak -0.1"),
    "a leak that is NaN": ({}, {"leak": np.nan}, {}, "'relu'.*leak"),
}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(
            name,
            partial(_simplenn, pool=pool, relu=relu, meta=meta),
            "network show {}",
            says=[words],
        )
        for name, (pool, relu, meta, words) in OTHERWISE.items()
    ],
    ids=str,
)
def test_networks_that_matconvnet_would_run_otherwise(fault: Fault, strike: Strike):
    strike(fault)


@pytest.mark.parametrize(
    ("format_", "suffix"), [("npz", ".npz"), ("torchvision", ".pth"), ("keras", ".keras")]
)
def test_a_flipped_bit_in_an_archive_is_found_by_its_checksum(
    tmp_path: Path, format_: str, suffix: str
):
    """In any member, so also in those that are not compressed."""
    path = tmp_path / f"w{suffix}"
    named(format_).write(path, NANO, random_tensors(NANO))
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        held = [info for info in archive.infolist() if info.file_size > 40]
    random = np.random.default_rng(0)
    for info in [held[at] for at in random.permutation(len(held))[:8]]:
        content = info.header_offset + 30 + len(info.filename)
        at = content + info.file_size - 1 - int(random.integers(8))  # a value, not a header
        path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        with pytest.raises(InputError) as caught:
            found = open_weights(path, NANO)
            for name in found.tensors:
                assert found.tensors[name].size
        assert str(path) in str(caught.value)


def test_a_flipped_bit_in_hdf5_is_found_by_fletcher32(tmp_path: Path):
    import h5py

    path = tmp_path / "f.h5"
    values = np.random.default_rng(0).standard_normal((2, 256)).astype(np.float32)
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", data=values, chunks=(1, 256), fletcher32=True)
    data = path.read_bytes()
    at = data.index(values[1].tobytes()) + 17
    path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
    with pytest.raises(InputError, match=r"f\.h5 cannot be read"):
        read_features(path, NETWORKS["vgg16-tiny"], "fc6")


READERS: dict[str, Callable[[Path], object]] = {
    "features": lambda path: read_features(path, NETWORKS["vgg16-tiny"], "fc6"),
    "weights": open_weights,
    "network": read_network,
    "image": decode,
    "run": RunFolder.open,
    "array": read_npy,
    "--map": read_map,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "path",
    ["a\0b.h5", 300 * "a" + ".npy", 3000 * "x/" + "a.mat", "~nobody/x.npy", "", "\udcff.png"],
    ids=["NUL", "a long name", "a long path", "nobody's home", "no name", "not UTF-8"],
)
def test_paths_that_are_none(reader: str, path: str):
    with pytest.raises(InputError):
        READERS[reader](Path(path))
