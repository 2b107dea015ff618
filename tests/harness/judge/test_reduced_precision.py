"""TF32 behind many layers is told with how to turn it off, and no cause is looked for."""

from __future__ import annotations

import numpy as np

import netparity
from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import How
from netparity.weights import resolve
from tests.support.cases import numpy_runner

TINY = {"model": "vgg16-tiny", "weights": "synthetic:0", "image": SAMPLE_IMAGE, "feature": "fc6"}


def feature(how: How) -> np.ndarray:
    weights = dict(resolve("synthetic:0", VGG16_TINY).tensors())
    return numpy_runner(VGG16_TINY, weights, prepare([decode(SAMPLE_IMAGE)], VGG16_TINY), how)[
        "fc6"
    ]


def test_tf32_is_told_with_how_to_turn_it_off() -> None:
    checked = netparity.check(feature(How(operands="tf32", partial_sums=48)), **TINY)
    assert checked.entry.verdict == "reduced-precision" and checked.diagnosis is None
    assert "rounding operands to TF32" in str(checked)
    assert "torch.backends.cudnn.allow_tf32 = False" in str(checked)


def test_a_format_of_the_file_alone_is_not_taken_for_arithmetic() -> None:
    checked = netparity.check(feature(How(partial_sums=48)).astype(np.float16), **TINY)
    assert checked.diagnosis is not None
    [cause] = checked.diagnosis.causes
    assert (cause.mistake, cause.detail) == ("stored", "float16")


def test_computing_in_float16_is_not_taken_for_a_format_of_the_file() -> None:
    how = How(operands="float16", storage="float16", partial_sums=48)
    checked = netparity.check(feature(how), **TINY)
    assert checked.diagnosis is not None
    assert {cause.mistake for cause in checked.diagnosis.causes} == {"policy-float16"}
