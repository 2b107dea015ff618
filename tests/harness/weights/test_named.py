"""Weights as they are named on the command line: a file, synthetic ones, and two of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.networks.catalogue.vgg import VGG16_TINY, VGG19_TINY
from netparity.weights.formats import BY_NAME
from netparity.weights.named import open_named, output_format
from netparity.weights.synthetic import make
from netparity.weights.verifying import open_both


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "tiny.safetensors"
    BY_NAME["canonical"].write(path, VGG19_TINY, make(VGG19_TINY, 3))
    return str(path)


def test_a_file_says_which_model_it_holds(file: str) -> None:
    found = open_named(file)
    assert found.model == VGG19_TINY
    name = VGG19_TINY.parametric_layers[0].kernel
    assert np.array_equal(found.tensors[name], make(VGG19_TINY, 3)[name])


@pytest.mark.parametrize("swapped", [False, True])
def test_synthetic_weights_are_of_the_model_of_the_file_beside_them(file, swapped: bool) -> None:
    names = ("synthetic:3", file) if swapped else (file, "synthetic:3")
    first, second = open_both(*names)
    assert first.network == second.network == VGG19_TINY
    for name in first.tensors:
        assert np.array_equal(first.tensors[name], second.tensors[name])


def test_two_sets_of_synthetic_weights_are_of_the_model_given() -> None:
    first, second = open_both("synthetic:0", "synthetic:1", VGG16_TINY)
    assert (first.network, second.network) == (VGG16_TINY, VGG16_TINY)
    assert (first.dropout, second.dropout) == (None, None)


def test_a_format_is_named_or_told_by_the_file() -> None:
    assert output_format(Path("a.npz"), "keras-h5").name == "keras-h5"
    assert output_format(Path("a.safetensors"), None).name == "canonical"
    with pytest.raises(InputError, match="unknown suffix"):
        output_format(Path("a.txt"), None)
