"""TF32 behind many layers is told with how to turn it off, and no cause is looked for."""

from __future__ import annotations

import re

import numpy as np
import pytest

import netparity
from netparity.diagnosis import Cause, Diagnosis, Explanation, Finding, Search
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
    assert "its error is that of TF32 (or float16 operands) in every product" in str(checked)
    assert str(checked).count("torch.backends.cudnn.allow_tf32 = False") == 1
    assert "torch.backends.cudnn.allow_tf32 = False" in str(checked)


def test_a_format_of_the_file_alone_is_not_taken_for_arithmetic() -> None:
    checked = netparity.check(feature(How(partial_sums=48)).astype(np.float16), **TINY)
    assert checked.diagnosis is not None
    [cause] = checked.diagnosis.causes
    assert (cause.mistake, cause.detail) == ("stored", "float16")


def test_computing_in_float16_is_not_taken_for_a_format_of_the_file() -> None:
    how = How(operands="float16", storage="float16", partial_sums=48)
    checked = netparity.check(feature(how), **TINY)
    assert checked.entry.verdict == "reduced-precision" and checked.diagnosis is None
    assert checked.entry.arithmetic == "float16"


def test_an_input_a_little_off_is_said_to_explain_bfloat16_as_well() -> None:
    values = feature(How(operands="bfloat16", partial_sums=48))
    checked = netparity.check(values, **TINY, budget_seconds=4)
    assert checked.entry.verdict == "reduced-precision" and checked.diagnosis is None
    found = re.search(r"off by (\S+) grey levels", str(checked))
    assert found is not None and 0.2 <= float(found[1]) <= 1.5
    assert "to tell them apart: save the tensor that the network is given" in str(checked)


def test_of_a_given_input_there_is_no_doubt() -> None:
    values = feature(How(operands="bfloat16", partial_sums=48))
    given = {key: value for key, value in TINY.items() if key != "image"}
    tensor = prepare([decode(SAMPLE_IMAGE)], VGG16_TINY)
    checked = netparity.check(values, **given, tensor=tensor)
    assert checked.entry.verdict == "reduced-precision" and checked.diagnosis is None
    assert "grey levels" not in str(checked)


def test_tf32_is_too_small_for_another_rounding_of_the_input() -> None:
    checked = netparity.check(feature(How(operands="tf32", partial_sums=48)), **TINY)
    assert "grey levels" not in str(checked)


def test_another_input_that_is_confirmed_replaces_the_reduced_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = feature(How(operands="bfloat16", partial_sums=48))
    explanation = Explanation((Cause("resize-bilinear", "input"),), 0.01, 1e-7, 1e-6, 1e-7)
    confirmed = Diagnosis("features", [Finding("fc6", "input", 0.01, explanation)])
    monkeypatch.setattr(Search, "diagnose", lambda *given: confirmed)
    checked = netparity.check(values, **TINY)
    assert checked.diagnosis is confirmed
    assert "its error is that of" not in str(checked)
