"""Mistakes with a network's graph that real tools make are named at their node, and no other.

`benchmarks/planted_graphs.py` plants every one; here are a few of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import network_called
from netparity.weights import synthetic
from tests.planted.graphs import Subject, diagnose, has_effect, plants, problems, run_tool
from tests.support.warm_processes import WarmProcesses

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("planted graphs")]

IN_OCTAVE = [
    ("alexnet-tiny", "lrn-alpha-divided"),
    ("alexnet-tiny", "pool-average"),
    ("resnet-tiny", "epsilon-1e-3"),
    ("resnet-tiny", "variance-for-deviation"),
    ("googlenet-tiny", "concat-reversed"),
    ("mobilenet-tiny", "kernels-rotated"),
]
ONCE = [
    ("keras3-tensorflow", "resnet-tiny", "deviation-for-variance"),
    ("keras2-theano", "mobilenet-tiny", "bias-missing"),
    ("onnxruntime", "alexnet-tiny", "lrn-alpha-divided"),
    ("onnxruntime", "googlenet-tiny", "concat-reversed"),
    ("onnxruntime", "mobilenet-tiny", "kernels-rotated"),
    ("pytorch", "alexnet-tiny", "lrn-alpha-divided"),
    ("pytorch", "googlenet-tiny", "padding-counted"),
    ("pytorch", "resnet-tiny", "epsilon-1e-3"),
    ("keras3-jax", "googlenet-tiny", "concat-reversed"),
    ("tf-keras", "alexnet-tiny", "lrn-alpha-divided"),
]


@cache
def subject_of(name: str) -> Subject:
    network = network_called(name)
    tensors = synthetic.make(network, 0)
    return Subject.make(network, tensors, prepare([decode(SAMPLE_IMAGE)], network, tensors))


@pytest.fixture(scope="module")
def processes() -> Iterator[WarmProcesses]:
    with WarmProcesses() as warm:
        yield warm


@pytest.mark.parametrize(
    ("tool", "name", "key"), [*(("matconvnet-octave", *each) for each in IN_OCTAVE), *ONCE]
)
def test_a_planted_mistake_is_named_at_its_node(
    tool, name, key, processes: WarmProcesses, tmp_path: Path
):
    subject = subject_of(name)
    planted = next(each for each in plants(subject) if each.key == key)
    features = run_tool(tool, planted, subject.images, tmp_path, processes.launch)
    assert has_effect(subject, planted, features)
    assert problems(planted, diagnose(subject, features)) == []
