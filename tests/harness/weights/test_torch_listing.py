"""What PyTorch's files list: any names, any types and strides; all else is named and left out."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from netparity.files import tensor_views
from netparity.weights.listing import TORCH
from tests.support.torch_files import (
    ORDERED,
    Call,
    Global,
    Tensor,
    listed,
    refused,
    save,
    save_legacy,
    state_dict,
    tensor,
)

BOTH = pytest.mark.parametrize("write", [save, save_legacy])


@BOTH
def test_any_names_are_listed_in_the_files_order(tmp_path: Path, write) -> None:
    made = {"z.9.weight": tensor(2, 3), "a.10.weight": tensor(4, 3, 1, 1), "a.2.bias": tensor(4)}
    found = listed(write(tmp_path / "w.anything", made))
    assert list(found.tensors) == list(made)
    assert found.convention is TORCH
    assert (found.left_out, found.notes, found.ordered) == ((), (), True)
    for name, each in made.items():
        np.testing.assert_array_equal(found.tensors[name].load(), each.values)


def test_python_2_fills_an_ordered_dictionary_by_a_list(tmp_path: Path) -> None:
    pairs = [[name, each] for name, each in state_dict("a").items()]
    assert len(listed(save(tmp_path / "w.pth", Call(ORDERED, (pairs,)))).tensors) == 2


@BOTH
def test_every_type_of_numbers(tmp_path: Path, write) -> None:
    made = {dtype: tensor(2, 3, dtype=dtype) for dtype in ("f2", "f4", "f8", "i8", "u1")}
    made["scalar"] = Tensor(np.array(7, "<i8"))
    made["none"] = tensor(0, 3)
    found = listed(write(tmp_path / "w.pt", made)).tensors
    for name, each in made.items():
        assert found[name].shape == each.values.shape
        np.testing.assert_array_equal(found[name].load(), each.values, strict=True)


@BOTH
def test_bfloat16_is_made_float32_exactly(tmp_path: Path, write) -> None:
    exact = np.array([[1.0, -2.5], [3.0e38, 1.0e-40]], "<f4")
    bits = (exact.view("<u4") >> 16).astype("<u2")
    expected = (bits.astype("<u4") << 16).view("<f4")
    np.testing.assert_array_equal(expected[0], exact[0])
    found = listed(write(tmp_path / "w.pt", {"w": Tensor(bits, kind="BFloat16")})).tensors["w"]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.load(), expected)
    np.testing.assert_array_equal(found.fetch(2, 4), expected[1])


@BOTH
@pytest.mark.parametrize("axes", [(0, 2, 3, 1), (3, 2, 1, 0), (1, 0, 2, 3), (2, 3, 0, 1)])
def test_values_in_another_order_are_put_in_order(tmp_path: Path, write, axes) -> None:
    """As of `channels_last`, transposed and permuted tensors."""
    expected = np.random.default_rng(0).random((4, 3, 2, 5)).astype("<f4")
    stored = np.ascontiguousarray(expected.transpose(axes))
    strides = [0] * 4
    for place, axis in enumerate(axes):
        strides[axis] = stored.strides[place] // 4
    made = {"w": Tensor(stored.ravel(), expected.shape, tuple(strides))}
    found = listed(write(tmp_path / "w.pt", made)).tensors["w"]
    np.testing.assert_array_equal(found.load(), expected)
    np.testing.assert_array_equal(found.fetch(30, 90).reshape(2, 3, 2, 5), expected[1:3])


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_large_transposed_matrix_is_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: int
) -> None:
    monkeypatch.setattr(tensor_views, "_MOST_AT_ONCE", 50)
    stored = np.arange(30 * 20, dtype="<f4")
    made = {"w": Tensor(stored, (20, 30), (1, 20))}
    found = listed(save(tmp_path / "w.pt", made, compression)).tensors["w"]
    expected = stored.reshape(30, 20).T
    np.testing.assert_array_equal(found.fetch(30 * 7, 30 * 9).reshape(2, -1), expected[7:9])
    np.testing.assert_array_equal(found.load(), expected)


def test_views_and_expanded_tensors(tmp_path: Path) -> None:
    base = np.arange(24, dtype="<f4")
    made = {
        "part": Tensor(base, (2, 3), (6, 1), offset=5),
        "expanded": Tensor(base, (4, 3), (0, 1), offset=2),
        "one": Tensor(base, (1, 1), (77, 99), offset=3),
    }
    found = {name: each.load() for name, each in listed(save(tmp_path / "w", made)).tensors.items()}
    np.testing.assert_array_equal(found["part"], [[5, 6, 7], [11, 12, 13]])
    np.testing.assert_array_equal(found["expanded"], np.tile([2, 3, 4], (4, 1)))
    np.testing.assert_array_equal(found["one"], [[3]])


def test_a_view_of_a_storage_as_before_pytorch_0_4(tmp_path: Path) -> None:
    made = {"w": Tensor(np.arange(24, dtype="<f4"), (2, 2), (2, 1), offset=1, view=(10, 6))}
    found = listed(save_legacy(tmp_path / "w.pth", made)).tensors["w"]
    np.testing.assert_array_equal(found.load(), [[11, 12], [13, 14]])


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (Tensor(np.zeros(4, "<f4"), (5,), (1,)), "beyond its storage"),
        (Tensor(np.zeros(4, "<f4"), (2, 2), (1, 3)), "beyond its storage"),
        (Tensor(np.zeros(4, "<f4"), (4,), (1,), offset=1), "beyond its storage"),
        (Tensor(np.zeros(4, "<f4"), (4,), (-1,), offset=3), "not a list of sizes"),
        (Tensor(np.zeros(4, "<f4"), (4, 1), (1,)), "2 axes and 1 strides"),
        (Tensor(np.zeros(1, "<f4"), (2**12, 2**11), (0, 0)), "has 1 values"),
        (Tensor(np.zeros(1, "<f4"), (2**40, 2**40), (0, 0)), "bytes where at most"),
        (Tensor(np.zeros(4, "u1"), kind="QInt8"), "is of type qint8"),
        (Tensor(np.zeros(4, "u1"), rebuild="_rebuild_qtensor"), "is quantized"),
        (Tensor(np.zeros(4, "u1"), rebuild="_rebuild_sparse_tensor"), "is a sparse tensor"),
        (Tensor(np.zeros(4, "u1"), rebuild="_rebuild_wrapper_subclass"), "is a wrapper subclass"),
    ],
)
def test_tensors_that_are_not_read(tmp_path: Path, spoilt: Tensor, words: str) -> None:
    assert words in refused(save(tmp_path / "w.pth", {"a.weight": tensor(2, 2), "w": spoilt}))


def test_complex_numbers_are_left_out(tmp_path: Path) -> None:
    made = state_dict("a") | {"phase": Tensor(np.zeros(4, "<c8"), kind="ComplexFloat")}
    found = listed(save(tmp_path / "w.pth", made))
    assert list(found.tensors) == ["a.weight", "a.bias"]
    assert found.left_out == ("single tensors: 'phase'",)


@BOTH
def test_parameters_and_tensors_of_subclasses(tmp_path: Path, write) -> None:
    parameter = Global("torch._utils", "_rebuild_parameter")
    of_type = Global("torch._tensor", "_rebuild_from_type_v2")
    made = {
        "a.weight": Call(parameter, (tensor(2, 3), True, Call(ORDERED))),
        "a.bias": Call(Global("torch.nn.parameter", "Parameter"), (tensor(2),), (True, False)),
    }
    assert [each.shape for each in listed(write(tmp_path / "w", made)).tensors.values()] == [
        (2, 3),
        (2,),
    ]
    wrapped = Call(of_type, (parameter, Global("own", "Tensor"), (tensor(2, 3),), {}))
    assert listed(write(tmp_path / "w", {"a.weight": wrapped})).tensors["a.weight"].size == 6


# --- PyTorch's own files --------------------------------------------------------------------

SAVE_WITH_PYTORCH = """
import argparse, collections, datetime, random, sys
import numpy as np, torch
folder = sys.argv[1]
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        conv = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.features = torch.nn.Sequential(conv, torch.nn.BatchNorm2d(4), torch.nn.ReLU())
        self.classifier = torch.nn.Linear(4, 5)
    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))
net = Net()
optimizer = torch.optim.Adam(net.parameters())
net(torch.ones(2, 3, 8, 8)).sum().backward()
optimizer.step()
values = {name: value.numpy() for name, value in net.state_dict().items()}
np.savez(f"{folder}/expected.npz", **values)
checkpoint = dict(
    epoch=3, state_dict=net.state_dict(), optimizer=optimizer.state_dict(), loss=torch.tensor(1.5),
    args=argparse.Namespace(when=datetime.datetime.now()), random=torch.get_rng_state(),
    numpy=np.random.get_state(), python=random.getstate(), value=np.float32(3), set={1, 2},
    dtype=torch.float16, device=torch.device("cpu"), size=torch.Size([1]), data=b"abc",
    generator=np.random.default_rng(0).bit_generator.state, counts=collections.Counter("ab"),
)
parameters = dict(net.named_parameters()) | dict(net.named_buffers())
parameters = {name: parameters[name] for name in net.state_dict()}
net.to(memory_format=torch.channels_last)
for legacy in (False, True):
    for protocol in (2, 3, 4, 5):
        def save(value, name):
            torch.save(value, f"{folder}/{name}-{legacy}-{protocol}.ckpt", pickle_protocol=protocol,
                       _use_new_zipfile_serialization=not legacy)
        save(checkpoint, "checkpoint")
        save(net.state_dict(), "channels_last")
        save(parameters, "parameters")
        save(net, "whole")
net.to(memory_format=torch.contiguous_format).eval()
example = torch.zeros(1, 3, 8, 8)
torch.jit.trace(net, example).save(f"{folder}/traced.pt")
torch.jit.script(net).save(f"{folder}/scripted.pt")
torch.export.save(torch.export.export(net, (example,)), f"{folder}/exported.pt2")
torch.save({name: value.bfloat16() for name, value in net.state_dict().items()},
           f"{folder}/bfloat16.pt")
"""


@pytest.mark.slow
def test_what_pytorch_itself_saves(pytorch_python: str, tmp_path: Path) -> None:
    program = tmp_path / "save.py"
    program.write_text(SAVE_WITH_PYTORCH)
    subprocess.run([pytorch_python, program, tmp_path], check=True)
    with np.load(tmp_path / "expected.npz") as expected:
        for path in sorted(tmp_path.glob("*.ckpt")):
            if path.name.startswith("whole"):
                assert "a whole pickled model of class __main__.Net" in refused(path)
                continue
            found = listed(path)
            assert list(found.tensors) == list(expected)
            for name in expected:
                np.testing.assert_array_equal(found.tensors[name].load(), expected[name])
            if path.name.startswith("checkpoint"):
                assert "state of an optimizer, 'optimizer' (18 tensors)" in found.left_out
        halves = listed(tmp_path / "bfloat16.pt").tensors
        for name in expected:
            if expected[name].dtype == np.float32:
                np.testing.assert_allclose(halves[name].load(), expected[name], rtol=2**-8)
    assert "torch.jit.load" in refused(tmp_path / "traced.pt")
    assert "torch.jit.load" in refused(tmp_path / "scripted.pt")
    assert "torch.export.load" in refused(tmp_path / "exported.pt2")
