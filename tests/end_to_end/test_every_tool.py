"""Every tool on every small network, and on VGG16 as published: every node, or some, agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import NETWORKS
from tests.support.command_line import compare_here
from tests.support.warm_processes import WarmProcesses

TOOLS = (
    "pytorch",
    "onnxruntime",
    "openvino[precision=f32]",  # left out, it is bfloat16 wherever the processor can
    "opencv-dnn",
    "keras3-jax",
    "keras3-torch",
    "keras3-tensorflow[call=function]",
    "tf-keras",
)
"""All but those that are compared by default, which have tests of their own."""

QUICK = ("--rounds", "1", "--repeats", "1", "--warmup", "0")
LARGE = ("pytorch", "onnxruntime", "keras3-jax")
"""A tool of each kind on VGG16: its own graph, a file, and compiled; the others take a minute."""

SOME = ("conv2_2", "pool4", "fc6", "prob")
"""Of VGG16. To compare its first layers, three million values each, takes longer than the tools."""
QUICK += ("--schedule", "sequential")  # in processes that stay


def compared(
    model: str, layers: str, results: Path, *given: str | Path, tools: Sequence[str] = TOOLS
) -> dict:
    runners = [word for tool in tools for word in ("--runner", tool)]
    done = compare_here(results, *QUICK, "--model", model, "--layers", layers, *given, *runners)
    assert done.exit_code == 0, done.stdout + done.stderr
    return done.run


def assert_all_agree(run: dict, layers: int, tools: int = len(TOOLS)) -> None:
    entries = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "shared"]
    assert len(entries) == layers * tools
    assert {entry["verdict"] for entry in entries} <= {"pass", "identical"}
    assert all(entry["local"]["verdict"] == "pass" for entry in entries)


@pytest.mark.usefixtures("without_report")
def test_vgg16_as_published_agrees(modern_tools: None, tmp_path: Path):
    """On a tensor: a reference for each tool's own input would take as long as all tools."""
    decoded = [decode(SAMPLE_IMAGE)]
    np.save(tmp_path / "x.npy", prepare(decoded, NETWORKS["vgg16"]))
    given = ("--input", tmp_path / "x.npy")
    run = compared("vgg16", ",".join(SOME), tmp_path / "results", *given, tools=LARGE)
    assert_all_agree(run, len(SOME), len(LARGE))


@pytest.fixture(scope="module")
def warm(modern_tools: None) -> Iterator[WarmProcesses]:
    """One process for each tool, whose import takes longer than a small network."""
    with WarmProcesses() as processes:
        yield processes
    assert processes.started == len(TOOLS)


@pytest.mark.usefixtures("without_report")
@pytest.mark.xdist_group("small networks")
@pytest.mark.parametrize("model", ["vgg16-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny"])
def test_every_node_of_a_small_network_agrees(
    model: str, warm: WarmProcesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("netparity.run.process.launch", warm.launch)
    run = compared(model, "all", tmp_path)
    assert_all_agree(run, len(NETWORKS[model].features))
    native = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "native"]
    assert {entry["verdict"] for entry in native} <= {"pass", "identical"}
    for record in run["runners"]:
        assert record["built"], record["label"]
        assert record["versions"]["python"], record["label"]
        assert record["threads"]["found"] == record["threads"]["requested"], record["label"]
        assert record["blas"], record["label"]
