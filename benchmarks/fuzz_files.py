"""Small good files of every kind that netparity reads, and how each is read to the last value."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.io import savemat

from netparity.errors import InputError
from netparity.features import read_features
from netparity.inputs import decode
from netparity.networks import NETWORKS, Network
from netparity.networks.document import to_document
from netparity.networks.opening import read_network
from netparity.networks.reading.caffe.means import mean_colour
from netparity.networks.writing import WRITERS
from netparity.results.folder import RunFolder, read_npy
from netparity.weights.formats import torchvision_pth
from netparity.weights.matching.naming_map import read_map
from netparity.weights.opened import named, open_weights, recognise, refuse_unreadable
from tests.support import mat73_writer, pickles, torch_files
from tests.support.caffe_files import L, as_bytes, as_text, binaryproto, data, random_values
from tests.support.cases import NANO, random_tensors
from tests.support.stored_runs import mixed_run

TINY = NETWORKS["resnet-tiny"]
_VALUES = np.random.default_rng(1).standard_normal((2, NANO.layer("fc6").output_shape[-1]))
_FEATURES: Mapping[str, npt.NDArray[Any]] = {"fc6": _VALUES.astype(np.float32)}


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        name: of the file, whose ending may tell the reader what it is.
        write: makes a good one.
        read: reads everything in it, as text or hashes that tell one content from another.
        has_checksum: whether the format has one for everything that is read, so that no damage
            can go unnoticed.
    """

    title: str
    name: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]
    has_checksum: bool = False


def _hash(values: npt.NDArray[Any]) -> str:
    plain = np.ascontiguousarray(values)
    return f"{plain.shape} {plain.dtype} {hashlib.sha256(plain.data).hexdigest()}"


def _weights(path: Path) -> object:
    found = open_weights(path, NANO)
    return {name: _hash(values) for name, values in found.tensors.items()}


def _network(path: Path) -> object:
    found = read_network(path)
    tensors = {name: _hash(values) for name, values in found.tensors.items()}
    return json.dumps(to_document(found.network)), tensors


def _features(path: Path) -> object:
    return [_hash(found.values) for found in read_features(path, NANO, "fc6")]


def _image(path: Path) -> object:
    return _hash(decode(path).pixels)


def _run(path: Path) -> object:
    return RunFolder.open(path.parent).read_run().model_dump_json()


def _weights_kind(format_: str, ending: str, has_checksum: bool = False) -> Kind:
    writer = named(format_).write
    assert writer is not None
    tensors = random_tensors(NANO)
    return Kind(
        f"weights, {format_}",
        f"w{ending}",
        lambda path: writer(path, NANO, tensors),
        _weights,
        has_checksum,
    )


def _network_kind(
    format_: str, ending: str, network: Network = TINY, has_checksum: bool = False
) -> Kind:
    tensors = {name: np.abs(values) for name, values in random_tensors(network).items()}
    return Kind(
        f"network, {format_}",
        f"n{ending}",
        lambda path: WRITERS[format_].write(path, network, tensors),
        _network,
        has_checksum,
    )


def _feature_kind(
    title: str, ending: str, write: Callable[[Path], object], has_checksum: bool = False
) -> Kind:
    return Kind(f"features, {title}", f"f{ending}", write, _features, has_checksum)


def _hdf5(path: Path, **options: Any) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", data=_FEATURES["fc6"], chunks=(1, 2), **options)


def _image_kind(format_: str, mode: str = "RGB", **options: Any) -> Kind:
    def write(path: Path) -> None:
        pixels = np.random.default_rng(2).integers(0, 256, (24, 32, 3), np.uint8)
        Image.fromarray(pixels).convert(mode).save(path, format_, **options)

    return Kind(f"image, {format_} {mode}", f"i.{format_.lower()}", write, _image, format_ == "PNG")


def _layers(path: Path) -> None:
    tensors = random_tensors(NANO)
    layers = dict.fromkeys(name.rpartition(".")[0] for name in tensors)
    held = {name: [tensors[f"{name}.kernel"], tensors[f"{name}.bias"]] for name in layers}
    path.write_bytes(pickles.python2(held))


def _npy_pickle(path: Path) -> object:
    from netparity.files.limits import WEIGHTS
    from netparity.files.source import Source
    from netparity.weights.formats import npy_pickle

    found = npy_pickle.listing(Source(path, WEIGHTS))
    return {name: _hash(np.asarray(stored.load())) for name, stored in found.tensors.items()}


def _zip_of_npy(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        data = io.BytesIO()
        np.save(data, _FEATURES["fc6"])
        archive.writestr("fc6.npy", data.getvalue())


def _state_dict(path: Path) -> None:
    tensors = {
        f"{layer.name}.{role}": torch_files.tensor(*shape)
        for layer in NANO.parametric_layers
        for role, shape in (("weight", (2, 3, 3, 3)), ("bias", (2,)))
    }
    torch_files.save_legacy(path, tensors)


def _torch_listing(path: Path) -> object:
    source = refuse_unreadable(path)
    if recognise(source).name != "torchvision":
        raise InputError("it is of another format")
    found = torchvision_pth.listing(source)
    return {name: _hash(each.load()) for name, each in found.tensors.items()}


_CONVOLUTION = {"num_output": 4, "kernel_size": [3], "stride": [2]}
_CAFFE = [
    L("c", "Convolution", "data", "c", {"convolution_param": _CONVOLUTION}),
    L("r", "ReLU", "c", "c"),
    L("f", "InnerProduct", "c", "f", {"inner_product_param": {"num_output": 5}}),
    L("p", "Softmax", "f"),
]


def _prototxt(path: Path) -> None:
    path.write_text(as_text(data(1, 3, 9, 9), _CAFFE))


def _caffemodel(path: Path) -> None:
    blobs = {
        "c": (random_values(4, 3, 3, 3), random_values(4)),
        "f": (random_values(5, 64), random_values(5)),
    }
    layers = [replace(layer, blobs=blobs.get(layer.name, ())) for layer in _CAFFE]
    path.write_bytes(as_bytes(data(1, 3, 9, 9), layers))


def _structure(path: Path) -> object:
    return json.dumps(to_document(read_network(path).network))


KINDS: tuple[Kind, ...] = (
    _weights_kind("keras-h5", ".h5"),
    _weights_kind("keras-weights-h5", ".weights.h5"),
    _weights_kind("keras", ".keras", has_checksum=True),
    _weights_kind("matconvnet-simplenn", ".mat"),
    _weights_kind("matconvnet-simplenn-v7", ".mat"),
    _weights_kind("torchvision", ".pth", has_checksum=True),
    _weights_kind("torchvision-safetensors", ".safetensors"),
    _weights_kind("npz", ".npz", has_checksum=True),
    Kind("weights, pickled .npy", "w.npy", _layers, _npy_pickle),
    Kind("weights, .pth before 1.6", "old.pth", _state_dict, _torch_listing),
    _network_kind("onnx", ".onnx"),
    _network_kind("keras", ".keras", NANO, has_checksum=True),
    _network_kind("dagnn", ".mat"),
    Kind("network, .prototxt", "n.prototxt", _prototxt, _structure),
    Kind("network, .caffemodel", "n.caffemodel", _caffemodel, _network),
    _feature_kind(".npy", ".npy", lambda path: np.save(path, _FEATURES["fc6"])),
    _feature_kind(".npz", ".npz", lambda path: np.savez(path, **_FEATURES), True),
    _feature_kind(".npz, compressed", ".npz", _zip_of_npy, True),
    _feature_kind("MAT 5", ".mat", lambda path: savemat(path, dict(_FEATURES))),
    _feature_kind(
        "MAT 7", ".mat", lambda path: savemat(path, dict(_FEATURES), do_compression=True)
    ),
    _feature_kind("MAT 7.3", ".mat", lambda path: mat73_writer.write(path, dict(_FEATURES))),
    _feature_kind("HDF5", ".h5", _hdf5),
    _feature_kind(
        "HDF5 with gzip and Fletcher32",
        ".h5",
        lambda path: _hdf5(path, compression="gzip", fletcher32=True),
    ),
    _feature_kind(".csv", ".csv", lambda path: np.savetxt(path, _FEATURES["fc6"], delimiter=",")),
    _feature_kind(
        ".json", ".json", lambda path: path.write_text(json.dumps({"fc6": _VALUES.tolist()}))
    ),
    _image_kind("PNG"),
    _image_kind("PNG", "P"),
    _image_kind("JPEG"),
    _image_kind("GIF", "P"),
    _image_kind("TIFF", compression="tiff_lzw"),
    _image_kind("BMP"),
    _image_kind("PPM"),
    _image_kind("WEBP"),
    Kind(
        "--map",
        "map.json",
        lambda path: path.write_text(json.dumps({"conv1_1": "a.0", "fc6": "b"})),
        read_map,
    ),
    Kind(
        "--mean, .binaryproto",
        "mean.binaryproto",
        lambda path: path.write_bytes(binaryproto(np.ones((3, 2, 2)))),
        mean_colour,
    ),
    Kind("run.json", "run.json", lambda path: path.write_text(mixed_run().model_dump_json()), _run),
    Kind(
        "a stored array",
        "x.npy",
        lambda path: np.save(path, _FEATURES["fc6"]),
        lambda path: _hash(read_npy(path)),
    ),
)
