"""Reduced precision in words, with the setting of each tool."""

from __future__ import annotations

from typing import get_args

import pytest

from netparity.protocol.parity import Arithmetic
from netparity.results.arithmetic import TITLES, in_words, way_out_of, ways_out


@pytest.mark.parametrize("kind", get_args(Arithmetic))
def test_every_kind_has_words_and_a_way_out(kind: Arithmetic) -> None:
    assert in_words([kind]) == TITLES[kind]
    assert ways_out(kind)


@pytest.mark.parametrize(
    ("runner", "setting"),
    [
        ("pytorch", "torch.backends.cudnn.allow_tf32 = False"),
        ("pytorch", "torch.set_float32_matmul_precision"),
        ("keras3-jax", "jax_default_matmul_precision"),
        ("tf-keras", "enable_tensor_float_32_execution(False)"),
        ("onnxruntime", "use_tf32=0"),
        ("openvino", "INFERENCE_PRECISION_HINT"),
    ],
)
def test_tf32_is_switched_off_in_the_words_of_the_tool(runner: str, setting: str) -> None:
    assert setting in (way_out_of("tf32", runner) or "")
    assert any(setting in line for line in ways_out("tf32-convolutions"))


def test_a_runner_of_an_unknown_tool_has_no_setting() -> None:
    assert way_out_of("tf32", "external") is None


def test_what_cannot_be_told_apart_is_said() -> None:
    words = in_words(["tf32", "tf32-convolutions"])
    assert words.endswith("; they cannot be told apart here")
