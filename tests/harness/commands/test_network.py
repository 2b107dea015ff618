"""`netparity network`: list, show, diff, convert."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from netparity.commands import main as cli
from netparity.networks import NETWORKS, converting, facts, opening
from netparity.networks.matching import compare
from netparity.networks.ops import OPS
from netparity.networks.reading import ReadNetwork
from netparity.networks.writing import WRITERS
from tests.support import caffe_files
from tests.support.caffe_like import like
from tests.support.respelling import random_network, respelled

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def call(*arguments: str, code: int = 0):
    result = CliRunner().invoke(cli.app, ["network", *arguments])
    assert result.exit_code == code, result.output + result.stderr
    return result


def write(name: str, read: ReadNetwork, format_: str = "onnx") -> str:
    converting.convert(read, Path(name), WRITERS[format_])
    return name


def weighted(name: str, seed: int = 0) -> ReadNetwork:
    network = NETWORKS[name]
    random = np.random.default_rng(seed)
    tensors = {n: random.uniform(0.5, 1, s).astype(np.float32) for n, s in network.tensors.items()}
    return ReadNetwork(network, tensors)


# --- list and show --------------------------------------------------------------------------


def test_list_has_every_network_in_a_row() -> None:
    lines = call("list").stdout.splitlines()
    for name, network in NETWORKS.items():
        [line] = [line for line in lines if line.split()[:1] == [name]]
        parameters = sum(int(np.prod(shape)) for shape in network.tensors.values())
        assert f"{parameters:,}" in line
    assert {entry["name"] for entry in json.loads(call("list", "--json").stdout)} == set(NETWORKS)
    assert any(line.startswith("keras:NAME ") for line in lines)
    assert any(line.startswith("torchvision:NAME ") for line in lines)


def test_vgg16_has_its_published_cost() -> None:
    """138,357,544 parameters: Simonyan and Zisserman, 2014, table 2 has 138 million."""
    found = json.loads(call("show", "vgg16", "--json").stdout)
    assert found["parameters"] == 138_357_544
    # 15.47 billion multiply-adds: Canziani et al., arXiv:1605.07678, have 15.5.
    assert found["flops"] / 2 == pytest.approx(15.47e9, rel=1e-3)
    assert found["known"] == "vgg16"


def test_show_has_nodes_costs_and_tools() -> None:
    output = call("show", "googlenet-tiny").stdout
    for words in ("network     googlenet-tiny", "read from   the catalogue", "64×64×3", "GFLOP"):
        assert words in output
    assert "MatConvNet can run every node" in output
    [line] = [line for line in output.splitlines() if line.startswith("icp1_out ")]
    assert "concatenation" in line and "8×8×80" in line


def test_show_names_the_nodes_that_a_tool_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facts.KERAS2_LACKS, "lrn", "it has none")
    output = call("show", "alexnet-tiny").stdout
    assert "Keras 2 on Theano cannot run norm1 and norm2 (lrn): it has none" in output
    found = json.loads(call("show", "alexnet-tiny", "--json").stdout)
    first = {"node": "norm1", "op": "lrn", "reason": "it has none"}
    assert found["lacks"]["Keras 2 on Theano"][0] == first


def test_what_keras_2_lacks_is_what_its_extractor_says() -> None:
    source = (ROOT / "python" / "extract_keras2.py").read_text()
    [stated] = [
        statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "LACKS"
    ]
    assert stated is not None
    assert ast.literal_eval(stated) == facts.KERAS2_LACKS


def test_a_file_is_known_for_the_network_of_the_catalogue() -> None:
    network, tensors = respelled(*_named("mobilenet-tiny"), 5)
    file = write("mine.onnx", ReadNetwork(network, tensors))
    assert "the same structure as mobilenet-tiny" in call("show", file).stdout


def test_a_fine_tuned_network_is_known_up_to_its_head() -> None:
    read = weighted("vgg16-tiny")
    changed = {"fc8.kernel": (1, 1, 256, 3), "fc8.bias": (3,)}
    network = replace(read.network, name="tuned", tensors={**read.network.tensors, **changed})
    tensors = {name: np.ones(shape, np.float32) for name, shape in network.tensors.items()}
    file = write("tuned.onnx", ReadNetwork(network, tensors))
    assert "the same structure as vgg16-tiny up to fc7" in call("show", file).stdout


def _named(name: str):
    read = weighted(name)
    return read.network, dict(read.tensors)


# --- diff -----------------------------------------------------------------------------------


def test_files_of_two_tools_are_the_same_function() -> None:
    read = weighted("resnet-tiny")
    first, second = write("a.onnx", read), write("b.mat", read, "matconvnet")
    output = call("diff", first, second).stdout
    assert output.splitlines()[:2] == ["A is a.onnx", "B is b.mat"]
    assert "A and B are the same function" in output


def test_other_weights_end_with_exit_code_1() -> None:
    first, second = (
        write("a.onnx", weighted("vgg16-tiny")),
        write("b.onnx", weighted("vgg16-tiny", 1)),
    )
    output = call("diff", first, second, code=1).stdout
    assert "0 of 32 tensors are equal" in output
    assert "and 1 more" not in output
    found = json.loads(call("diff", first, second, "--json", code=1).stdout)
    assert len(found["tensors"]) == 32 and not found["structure"]


def test_another_structure_ends_with_exit_code_1() -> None:
    output = call("diff", "vgg16-tiny", "vgg19-tiny", code=1).stdout
    assert "  B has a convolution after conv3_3, conv4_3 and conv5_3; A has none" in output


DISMISSED = "\N{ESCAPE}[2J"  # clears a terminal


def test_names_cannot_control_the_terminal() -> None:
    read = weighted("vgg16-tiny")
    nodes = tuple(
        replace(
            node,
            name=node.name.replace("pool5", f"pool5{DISMISSED}"),
            inputs=tuple(name.replace("pool5", f"pool5{DISMISSED}") for name in node.inputs),
            op="average_pool" if node.op == "max_pool" else node.op,
        )
        for node in read.network.nodes
    )
    file = write("odd.onnx", ReadNetwork(replace(read.network, nodes=nodes), read.tensors))
    for arguments, code in ((("show", file), 0), (("diff", file, "vgg16-tiny"), 1)):
        output = call(*arguments, code=code).stdout
        assert "pool5" in output
        assert "\N{ESCAPE}" not in output


@pytest.mark.parametrize("arguments", [("diff", "vgg16", "vgg99"), ("show", "vgg99")])
def test_what_cannot_be_opened_ends_with_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = call(*arguments, code=2)
    assert result.stdout == ""
    assert "'vgg99' is neither a file nor in the catalogue" in result.stderr


def test_a_wrong_input_size_is_named() -> None:
    assert "--input-size '0'" in call("show", "vgg16", "--input-size", "0", code=2).stderr


# --- convert --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "options"), [("b.mat", ()), ("b.onnx", ()), ("c", ("--to", "dagnn"))]
)
def test_a_converted_file_is_the_same_function(out: str, options: tuple[str, ...]) -> None:
    file = write("a.onnx", weighted("googlenet-tiny"))
    assert f"{out}: " in call("convert", file, out, *options).stdout
    call("diff", file, out)


def test_a_network_of_the_catalogue_takes_its_weights_from_elsewhere() -> None:
    call("convert", "resnet-tiny", "a.onnx", "--weights", "synthetic:1")
    call("convert", "resnet-tiny", "b.mat", "--weights", "a.onnx")
    assert "the same function" in call("diff", "a.onnx", "b.mat").stdout
    call("convert", "resnet-tiny", "c.onnx", "--weights", "synthetic:2")
    call("diff", "a.onnx", "c.onnx", code=1)


def test_what_a_format_cannot_say_is_warned_of() -> None:
    file = write("a.mat", weighted("vgg16-tiny"), "matconvnet")
    warned = call("convert", file, "b.onnx").stderr
    assert "b.onnx does not say what is done to an image first" in warned
    assert "does not say" not in call("convert", file, "b.mat").stderr


def test_random_networks_survive_a_tour_of_the_formats() -> None:
    toured = 0
    for seed in range(12):
        network, tensors = random_network(seed)
        if any(facts.tools()["MatConvNet"](node) for node in network.nodes):
            continue
        write(f"{seed}.onnx", ReadNetwork(network, tensors))
        call("convert", f"{seed}.onnx", f"{seed}.mat")
        call("convert", f"{seed}.mat", f"{seed}-back.onnx")
        read = opening.open_network(f"{seed}-back.onnx")
        assert compare(network, read.network, tensors, read.tensors).differences == ()
        toured += 1
    assert toured >= 3


def test_a_file_that_is_there_is_only_replaced_by_force() -> None:
    file = write("a.onnx", weighted("vgg16-tiny"))
    Path("b.onnx").write_text("precious")
    assert "--force" in call("convert", file, "b.onnx", code=2).stderr
    assert Path("b.onnx").read_text() == "precious"
    call("convert", file, "b.onnx", "--force")
    call("diff", file, "b.onnx")


def test_what_cannot_be_written_is_said_in_a_sentence() -> None:
    file = write("a.onnx", weighted("vgg16-tiny"))
    assert "unknown ending '.txt'" in call("convert", file, "b.txt", code=2).stderr
    error = call("convert", file, "b.onnx", "--to", "caffe", code=2).stderr
    assert "cannot be written as 'caffe'; formats are keras, " in error
    assert "states no weights" in call("convert", "vgg16-tiny", "b.onnx", code=2).stderr
    assert "does not exist" in call("convert", file, "none/b.onnx", code=2).stderr
    assert not list(Path().glob("b*"))


def test_a_node_that_the_format_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(node):
        return f"no {OPS[node.op].title} here" if node.op == "lrn" else None

    file = write("a.onnx", weighted("alexnet-tiny"))
    monkeypatch.setattr(converting, "writer_for", lambda out, to: _Lacking(lacks))
    error = call("convert", file, "b.mat", code=2).stderr
    assert "node 'norm1' (lrn) cannot be written as poor: no local response" in error


class _Lacking:
    name = "poor"

    def __init__(self, lacks) -> None:
        self.lacks = lacks


def test_caffes_two_files() -> None:
    network = NETWORKS["alexnet-tiny"]
    tensors = weighted("alexnet-tiny").tensors
    layers = like(network, tensors)
    head = caffe_files.data(1, 3, 63, 63)
    Path("deploy.prototxt").write_text(caffe_files.as_text(head, layers))
    Path("net.caffemodel").write_bytes(caffe_files.as_bytes({}, layers))
    assert "the same structure as alexnet-tiny" in call("show", "deploy.prototxt").stdout
    call("convert", "deploy.prototxt", "a.onnx", "--weights", "net.caffemodel")
    call("convert", "net.caffemodel", "b.onnx")
    assert "the same function" in call("diff", "a.onnx", "b.onnx").stdout
    error = call("convert", "deploy.prototxt", "c.onnx", code=2).stderr
    assert "deploy states no weights (conv1.kernel is missing)" in error
    Path("net.caffemodel").write_bytes(b"\x0b" * 200)
    error = call("show", "net.caffemodel", code=2).stderr
    assert "net.caffemodel cannot be read as Caffe: a field is of the unknown kind 3" in error
