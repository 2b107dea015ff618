"""Weights that PyTorch computes before each pass: masks of pruning and weight normalisation."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights.formats import torchvision_safetensors
from tests.support.safetensors_files import write
from tests.support.torch_files import Tensor, listed, refused, save

CHANCE = np.random.default_rng(0)
KERNEL = CHANCE.normal(size=(4, 3, 3, 3)).astype("<f4")
MASK = (CHANCE.random(KERNEL.shape) > 0.5).astype("<f4")
LENGTHS = np.arange(1, 5, dtype="<f4").reshape(4, 1, 1, 1)
BIAS = np.zeros(4, "<f4")


def made(**arrays: np.ndarray) -> dict[str, np.ndarray]:
    return {f"a.{name.replace('__', '.')}": values for name, values in arrays.items()}


def normalised() -> np.ndarray:
    return KERNEL * LENGTHS / np.sqrt((KERNEL**2).sum((1, 2, 3), keepdims=True))


@pytest.mark.parametrize(
    ("arrays", "expected", "note"),
    [
        (made(weight_orig=KERNEL, bias=BIAS, weight_mask=MASK), KERNEL * MASK, "masks of pruning"),
        (made(bias=BIAS, weight_g=LENGTHS, weight_v=KERNEL), normalised(), "weight normalisation"),
        (
            made(
                bias=BIAS,
                parametrizations__weight__original0=LENGTHS,
                parametrizations__weight__original1=KERNEL,
            ),
            normalised(),
            "weight normalisation",
        ),
    ],
    ids=["pruned", "normalised", "parametrised"],
)
def test_weights_are_computed(tmp_path: Path, arrays, expected, note: str) -> None:
    path = save(tmp_path / "w.pth", {name: Tensor(each) for name, each in arrays.items()})
    other = Source(write(tmp_path / "w.safetensors", arrays, {"format": "pt"}), WEIGHTS)
    for found in (listed(path), torchvision_safetensors.listing(other)):
        assert set(found.tensors) == {"a.weight", "a.bias"}
        [words] = found.notes
        assert note in words
        assert words.endswith("applied to a.weight")
        weight = found.tensors["a.weight"]
        assert weight.dtype == np.float32
        np.testing.assert_allclose(weight.load(), expected, rtol=1e-6)
        part = weight.fetch(27, 81).reshape(2, 3, 3, 3)
        np.testing.assert_allclose(part, expected[1:3], rtol=1e-6)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (made(weight_orig=KERNEL, weight_u=BIAS, weight_v=BIAS), "remove_spectral_norm"),
        (made(parametrizations__weight__original=KERNEL), "remove_parametrizations"),
        (made(weight_orig=KERNEL, weight_mask=BIAS), "the mask of 'a.weight' has shape (4,)"),
        (made(weight_g=BIAS[:1], weight_v=KERNEL), "lengths of shape (1,)"),
    ],
)
def test_what_is_not_computed(tmp_path: Path, arrays, words: str) -> None:
    path = save(tmp_path / "w.pth", {name: Tensor(each) for name, each in arrays.items()})
    assert words in refused(path)


SAVE_WITH_PYTORCH = """
import sys, numpy as np, torch
from torch.nn.utils import parametrizations, prune, weight_norm
folder = sys.argv[1]
def expected(name, layer):
    layer(torch.zeros(1, 3, 8, 8))
    np.savez(f"{folder}/{name}.npz", **{"0.weight": layer[0].weight.detach().numpy()})
    torch.save(layer.state_dict(), f"{folder}/{name}.pth")
def conv():
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3))
pruned, old, new = conv(), conv(), conv()
prune.l1_unstructured(pruned[0], "weight", amount=0.4)
weight_norm(old[0])
parametrizations.weight_norm(new[0])
for layer in (old, new):
    for parameter in layer.parameters():
        parameter.data.mul_(torch.rand_like(parameter) + 0.5)
expected("pruned", pruned), expected("old", old), expected("new", new)
"""


@pytest.mark.slow
def test_pytorch_computes_the_same(pytorch_python: str, tmp_path: Path) -> None:
    subprocess.run([pytorch_python, "-c", SAVE_WITH_PYTORCH, tmp_path], check=True)
    for name in ("pruned", "old", "new"):
        found = listed(tmp_path / f"{name}.pth").tensors
        assert set(found) == {"0.weight", "0.bias"}
        with np.load(tmp_path / f"{name}.npz") as expected:
            np.testing.assert_allclose(found["0.weight"].load(), expected["0.weight"], rtol=1e-6)
