"""What PyTorch and others write that is no state dict: what it is, and what to type."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights.formats import npy_pickle, torchvision_pth
from tests.support.torch_files import (
    NAMESPACE,
    Call,
    Global,
    New,
    Tensor,
    module,
    optimizer,
    refused,
    save,
    save_legacy,
    state_dict,
    tensor,
)

BOTH = pytest.mark.parametrize("write", [save, save_legacy])


@BOTH
def test_a_whole_model(tmp_path: Path, write) -> None:
    vgg = Global("torchvision.models.vgg", "VGG")
    conv = module(Global("torch.nn.modules.conv", "Conv2d"), weight=tensor(2, 3, 3, 3))
    whole = module(vgg, features=module(Global("own", "Sequential"), **{"0": conv}))
    message = refused(write(tmp_path / "w.pth", whole))
    assert "a whole pickled model of class torchvision.models.vgg.VGG" in message
    assert 'torch.save(model.state_dict(), "weights.pth")' in message
    made = {"epoch": 1, "ema": whole, "stats": {"mean": tensor(1, 3)}}
    # It has more kernels than the dictionary beside it.
    made["ema"].state["_modules"]["head"] = conv_with(tensor(4, 4))
    message = refused(write(tmp_path / "w.pth", made))
    assert 'a whole pickled model in ["ema"] of class torchvision.models.vgg.VGG' in message


def conv_with(weight: Tensor) -> New:
    return module(Global("torch.nn.modules.linear", "Linear"), weight=weight)


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        (tensor(2, 3), "a single tensor of shape (2, 3)"),
        ([tensor(2, 3), tensor(2)], "a list of tensors without names"),
        (optimizer(1), "the state of an optimizer, no network"),
        ({"optimizer": optimizer(1), "epoch": 1}, "the state of an optimizer, no network"),
        (New(NAMESPACE, {"lr": 1}), "an object of argparse.Namespace"),
        ({"epoch": 1}, "no dictionary of tensors"),
        (
            {"a": Call(Global("numpy.core.multiarray", "_reconstruct"), (1,), (1, (2,)))},
            'numpy.savez("weights.npz", **arrays)',
        ),
    ],
)
def test_what_else_is_saved(tmp_path: Path, saved, words: str) -> None:
    message = refused(save(tmp_path / "w.pth", saved))
    assert words in message
    assert "complete?" not in message


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["constants.pkl", "code/__torch__.py"], "torch.jit.load("),
        (["archive_format", "models/model.json"], "torch.export.load("),
        ([".data/extern_modules"], "torch.package"),
    ],
)
def test_archives_with_the_code_of_a_network(tmp_path: Path, names: list[str], words: str) -> None:
    members = dict.fromkeys(names, b"")
    message = refused(save(tmp_path / "w.pt", state_dict("a"), **members))
    assert words in message
    assert "complete?" not in message


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("w.pkl", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.", "a Python pickle"),
        ("w.pkl", b"(dp0\nS'a'\np1\nI1\ns.", "a Python pickle"),
        ("w.pth", b"sys_info".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 300, "before 0.1.10"),
        ("__0_0.distcp", b"PK\x03\x04" + b"\0" * 300, "dcp_to_torch"),
    ],
)
def test_other_files(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert words in refused(tmp_path / name)


def test_an_archive_that_is_cut_off(tmp_path: Path) -> None:
    path = save(tmp_path / "w.ckpt", state_dict("a", "b"))
    path.write_bytes(path.read_bytes()[:-100])
    assert "the file ends early" in refused(path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_an_old_file_that_is_cut_off(tmp_path: Path, share: float) -> None:
    path = save_legacy(tmp_path / "w.pth", state_dict("a", "b"))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "is the file complete?" in refused(path)


def test_safetensors_whose_first_bytes_are_those_of_a_pickle(tmp_path: Path) -> None:
    """A header of 640 bytes begins with 80 02."""
    path = tmp_path / "w.safetensors"
    path.write_bytes((640).to_bytes(8, "little") + b'{"__metadata__":{}}'.ljust(640))
    assert not torchvision_pth.recognise(Source(path, WEIGHTS))


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_a_pickle_of_numpy_arrays_is_listed(tmp_path: Path, protocol: int) -> None:
    """As in Detectron2's model zoo."""
    path = tmp_path / "w.pkl"
    arrays = {"stem.conv1.weight": np.ones((2, 3, 5, 5), "<f4"), "stem.conv1.bias": np.zeros(2)}
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "x"}, protocol))
    source = Source(path, WEIGHTS)
    assert npy_pickle.recognise(source)
    assert not torchvision_pth.recognise(source)
    found = npy_pickle.listing(source)
    assert found.convention.kernels == ("OIHW",)
    for name, stored in found.tensors.items():
        np.testing.assert_array_equal(stored.load(), arrays[name.removeprefix("model/")])
    assert len(found.tensors) == 2


@pytest.mark.parametrize(
    "held",
    [
        {"param values": [np.zeros((2, 3, 3, 3)), np.zeros(2)]},
        {"a.weight": np.zeros((2, 2)), "a.bias": np.zeros(2), "StructuredToParameterName@@": {}},
    ],
    ids=["Lasagne", "Paddle"],
)
def test_pickles_of_tools_with_other_orders_are_not_guessed_at(tmp_path: Path, held) -> None:
    path = tmp_path / "w.pkl"
    path.write_bytes(pickle.dumps(held, 4))
    source = Source(path, WEIGHTS)
    assert npy_pickle.recognise(source)
    with pytest.raises(InputError, match="pickle"):
        npy_pickle.listing(source)
