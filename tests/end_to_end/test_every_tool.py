"""Every tool on every small network, and on VGG16 as published: every node agrees."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import NETWORKS
from tests.support.command_line import COMMAND

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

QUICK = ("--layers", "all", "--rounds", "1", "--repeats", "1", "--warmup", "0")


def compared(model: str, out: Path, *given: str) -> dict:
    runners = [word for tool in TOOLS for word in ("--runner", tool)]
    done = subprocess.run(
        [*COMMAND, "compare", *QUICK, "--model", model, *given, *runners, "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [run] = out.glob("*/run.json")
    return json.loads(run.read_text())


def assert_all_agree(run: dict, model: str) -> None:
    entries = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "shared"]
    assert len(entries) == len(NETWORKS[model].features) * len(TOOLS)
    assert {entry["verdict"] for entry in entries} <= {"pass", "identical"}
    assert all(entry["local"]["verdict"] == "pass" for entry in entries)


@pytest.mark.parametrize(
    "model", ["vgg16-tiny", "alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny"]
)
def test_every_node_of_a_small_network_agrees(model: str, modern_tools: None, tmp_path: Path):
    run = compared(model, tmp_path)
    assert_all_agree(run, model)
    native = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "native"]
    assert {entry["verdict"] for entry in native} <= {"pass", "identical"}
    for record in run["runners"]:
        assert record["built"], record["label"]
        assert record["versions"]["python"], record["label"]
        assert record["threads"]["found"] == record["threads"]["requested"], record["label"]
        assert record["blas"], record["label"]


def test_every_node_of_vgg16_agrees(modern_tools: None, tmp_path: Path):
    """On a tensor: a reference for each tool's own input would take as long as all tools."""
    decoded = [decode(SAMPLE_IMAGE)]
    np.save(tmp_path / "x.npy", prepare(decoded, NETWORKS["vgg16"]))
    given = ("--input", str(tmp_path / "x.npy"))
    assert_all_agree(compared("vgg16", tmp_path / "results", *given), "vgg16")
