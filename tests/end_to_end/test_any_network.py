"""Networks of every kind in the real tools: every node agrees, whatever the network comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS
from netparity.networks.writing import WRITERS
from netparity.weights import synthetic
from tests.support.command_line import compare_here, here

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_report")]

TINY = {
    # Other tools are in test_every_tool.py. Theano compiles for a while for each network when its
    # cache is empty.
    "resnet-tiny": ("keras2-theano", "matconvnet-octave"),
    "googlenet-tiny": ("matconvnet-octave",),
    "mobilenet-tiny": ("matconvnet-octave",),
}
QUICK = ("--layers", "all", "--rounds", "1", "--repeats", "1", "--warmup", "0")


def compared(*arguments: str, tools, out: Path) -> dict:
    runners = [word for tool in tools for word in ("--runner", tool)]
    done = compare_here(out, *QUICK, *runners, *arguments)
    assert done.exit_code == 0, done.stdout + done.stderr
    return done.run


def assert_all_agree(run: dict, nodes: int, tools) -> None:
    entries = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "shared"]
    assert len(entries) == nodes * len(tools)
    assert {entry["verdict"] for entry in entries} <= {"pass", "identical"}
    assert all(entry["local"]["verdict"] == "pass" for entry in entries)


@pytest.mark.parametrize("name", TINY)
def test_every_node_of_a_small_network_agrees(name: str, tmp_path: Path):
    run = compared("--model", name, tools=TINY[name], out=tmp_path)
    assert_all_agree(run, len(NETWORKS[name].features), TINY[name])
    assert all(record["built"] for record in run["runners"])
    assert run["network"] is None


@pytest.mark.parametrize(
    ("kind", "name", "tool"),
    [
        ("onnx", "resnet-tiny", "matconvnet-octave"),
        ("dagnn", "googlenet-tiny", "matconvnet-octave"),
        ("simplenn", "alexnet-tiny", "matconvnet-octave"),
        ("keras", "mobilenet-tiny", "keras3-tensorflow"),
    ],
)
def test_a_file_is_compared_as_the_network_that_it_states(kind, name, tool, tmp_path: Path):
    network, writer = NETWORKS[name], WRITERS[kind]
    file = tmp_path / f"mine{writer.suffix}"
    writer.write(file, network, synthetic.make(network, 3))
    given = ["--model", str(file)]
    if kind != "dagnn" and kind != "simplenn":  # these say how images are prepared
        given += ["--preprocess", "caffe"]
    run = compared(*given, tools=(tool,), out=tmp_path / "results")
    assert run["model"] == "mine"
    entries = [e for e in run["parity"] if e["against"] == "reference" and e["input"] == "shared"]
    assert len(entries) >= len([node for node in network.features if node.op != "dropout"])
    assert {entry["verdict"] for entry in entries} <= {"pass", "identical"}
    folder = next((tmp_path / "results").iterdir())
    assert (folder / run["network"]).is_file()
    again = here("report", folder)  # from the stored run alone
    assert again.exit_code == 0 and "mine" in again.stdout


def test_the_input_itself_needs_no_image(tmp_path: Path):
    shape = NETWORKS["mobilenet-tiny"].image.shape
    tensor = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    np.save(tmp_path / "x.npy", tensor)
    run = compared(
        *("--model", "mobilenet-tiny", "--input", str(tmp_path / "x.npy")),
        tools=("matconvnet-octave",),
        out=tmp_path / "results",
    )
    assert_all_agree(run, len(NETWORKS["mobilenet-tiny"].features), ("matconvnet-octave",))
    assert [image["mode"] for image in run["images"]] == ["tensor", "tensor"]
    assert "preprocess" not in run["runners"][0]["rounds"][0]["phases"]


def test_what_a_tool_lacks_is_unavailable_and_names_the_node(tmp_path: Path):
    from netparity.networks import Input, Network, Node, Preprocessing

    network = Network(
        "gelu",
        (Input("image", (8, 8, 3), Preprocessing()),),
        (Node("pool", "global_average", ("image",)), Node("act", "gelu", ("pool",))),
    )
    file = tmp_path / "gelu.onnx"
    WRITERS["onnx"].write(file, network, {})
    done = compare_here(
        tmp_path / "results",
        *(*QUICK, "--model", file, "--preprocess", "none", "--input-size", "8,8"),
        *("--runner", "matconvnet-octave"),
    )
    [record] = done.run["runners"]
    assert record["status"] == "unavailable"
    assert "gelu" in record["reason"] and "act" in record["reason"]
    assert done.exit_code == 3
