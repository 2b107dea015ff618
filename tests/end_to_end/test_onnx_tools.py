"""The tools that load ONNX files: netparity's networks, and a user's own file as it is."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from netparity.networks import NETWORKS
from tests.end_to_end.test_any_network import QUICK, assert_all_agree, compared
from tests.support.command_line import compare_here
from tests.support.onnx_exports import by_pytorch, by_tf2onnx

TOOLS = ("onnxruntime", "openvino[precision=f32]", "opencv-dnn")
PER_LAYER = "onnxruntime[optimize=none,per_layer=yes]"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_report")]


@pytest.fixture(autouse=True)
def environments(onnxruntime_python, openvino_python, opencv_python) -> None:
    """All three are ready."""


def test_every_layer_is_timed(tmp_path: Path):
    features = NETWORKS["vgg16-tiny"].features
    run = compared("--model", "vgg16-tiny", tools=(PER_LAYER,), out=tmp_path)
    assert_all_agree(run, len(features), (PER_LAYER,))
    [record] = run["runners"]
    assert record["built"] == "netparity, from the graph"
    assert set(record["rounds"][0]["layers"]) == {node.name for node in features}


@pytest.mark.parametrize(
    ("make", "nodes"), [(by_pytorch, 6), (by_tf2onnx, 2)], ids=["pytorch", "tf2onnx"]
)
def test_a_users_own_file_is_loaded_as_it_is(make, nodes, tmp_path: Path):
    file = tmp_path / "mine.onnx"
    onnx.save(make(), str(file))
    run = compared(
        *("--model", str(file), "--preprocess", "torch"), tools=TOOLS, out=tmp_path / "out"
    )
    assert_all_agree(run, nodes, TOOLS)
    assert {record["built"] for record in run["runners"]} == {"the file"}


def test_a_file_for_another_number_of_images_is_written_anew(tmp_path: Path):
    file = tmp_path / "mine.onnx"
    onnx.save(by_pytorch(images=2), str(file))
    done = compare_here(
        *(tmp_path / "out", *QUICK, "--model", str(file), "--preprocess", "torch"),
        *("--runner", "onnxruntime"),
    )
    assert "because it is for 2 images at once" in done.stdout + done.stderr
    [record] = done.run["runners"]
    assert record["built"] == "netparity, from the graph"
