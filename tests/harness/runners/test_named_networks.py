"""Networks that a framework makes by name; the framework is a stand-in."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.inputs.given import Given, with_given
from netparity.networks import Preprocessing
from netparity.runners.environments import Environments
from netparity.runners.frameworks import KERAS, TORCHVISION, Framework
from netparity.runners.named_networks import file_of, named_networks, open_named
from netparity.watch import SILENT
from netparity.weights.made_network import MadeNetwork
from netparity.weights.model import resolve_model
from tests.support.standing_framework import (
    ENVIRONMENTS,
    PREPROCESSING,
    requests,
    standing_framework,
)
from tests.support.watches import Messages

COMMON = {
    *("job_files.py", "extractor.py", "feature_files.py", "network_file.py", "process_facts.py"),
    *("stack.py", "stopwatch.py", "by_hand.py", "process_usage.py", "taking_turns.py"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    standing_framework(tmp_path, monkeypatch)
    return tmp_path


def named(
    name: str = "standing:big", weights: str | None = None, size: tuple[int, int] | None = None
) -> tuple[MadeNetwork, str | None]:
    model, weights = named_networks(name, weights, ENVIRONMENTS, input_size=size)
    assert isinstance(model, MadeNetwork)
    return model, weights


def test_it_is_made_once_and_then_found(folder: Path) -> None:
    first, second = named()[0], named()[0]
    assert first == second and first.file.is_file()
    [request] = map(json.loads, requests(folder))
    assert request["name"] == "big" and request["seed"] == first.seed == 0
    assert request["input_size"] is None and request["weights"] is None


def test_another_program_size_version_or_file_makes_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = folder / "mine.pth"
    weights.write_bytes(b"not a network")
    found = [named()[0].file, named(size=(96, 96))[0].file, named("standing:big", str(weights))[0]]
    weights.write_bytes(b"other weights")
    found.append(named("standing:big", str(weights))[0].file)
    monkeypatch.setattr(Environments, "versions", lambda *_: {"standing": "2.0"})
    found.append(named()[0].file)
    program = folder / "make.py"
    program.write_text(program.read_text() + "# changed\n")
    found.append(named()[0].file)
    assert len(set(map(str, found))) == len(found) == len(list(requests(folder)))


def test_what_was_interrupted_is_made_again(folder: Path) -> None:
    made = named()[0]
    (made.file.parent / "big.pth").unlink()
    assert named()[0] == made
    (made.file.parent / "answer.json").write_text("{")
    assert named()[0] == made
    assert len(list(requests(folder))) == 3


def test_the_network_is_named_and_preprocessed_as_the_framework_says() -> None:
    model = resolve_model(*named(), SILENT)
    assert model.network.name == "standing:big"
    assert model.network.image.preprocessing == Preprocessing(
        PREPROCESSING["order"], tuple(PREPROCESSING["mean"]), filter="nearest"
    )
    assert model.network.node("fc6").name  # it has the structure of vgg16-tiny


def test_what_the_user_states_comes_before_the_framework() -> None:
    given = Given(preprocess="tf")
    model = resolve_model(*named(), SILENT, changed=lambda network: with_given(network, given))
    stated = model.network.image.preprocessing
    assert stated is not None and (stated.order, stated.scale) == ("RGB", 1 / 127.5)


def test_its_random_weights_are_synthetic_and_its_own_files_are_known() -> None:
    made, weights = named()
    found = resolve_model(made, weights, SILENT).weights
    assert (found.kind, found.source) == ("synthetic", "standing:big")
    assert found.own_files["own"] == made.file.parent / "big.pth"
    assert all(np.all(tensor == 0.5) for tensor in found.tensors().values())


def test_weights_of_a_file_are_loaded_by_the_framework(folder: Path) -> None:
    file = folder / "mine.pth"
    file.write_bytes(b"weights")
    made, weights = named("standing:big", str(file))
    assert weights is None and made.seed is None
    found = resolve_model(made, weights, SILENT).weights
    assert (found.kind, found.source) == ("file", "mine.pth")
    [request] = map(json.loads, requests(folder))
    assert request["weights"] == str(file)


def test_other_weights_are_taken_as_for_any_network(folder: Path) -> None:
    made, weights = named("standing:big", "synthetic:3")
    assert weights == "synthetic:3"
    found = resolve_model(made, weights, SILENT).weights
    assert found.source == "synthetic:3"
    assert found.own_files == {}


def test_the_name_alone_as_weights_means_the_network_with_its_weights() -> None:
    made = named()[0]
    assert named_networks(None, "standing:big", ENVIRONMENTS) == (made, None)
    assert named("standing:big", "standing:big") == (made, None)
    assert named_networks("vgg16", "standing:big", ENVIRONMENTS) == ("vgg16", str(made.file))
    assert file_of("standing:big", ENVIRONMENTS) == str(made.file)


@pytest.mark.parametrize("text", ["vgg16", "mine.onnx", "C:net.onnx", "synthetic:0"])
def test_all_else_is_left_as_it_is(text: str, folder: Path) -> None:
    assert named_networks(text, text, ENVIRONMENTS) == (text, None if text == text else text)
    assert file_of(text, ENVIRONMENTS) == text
    assert not list(requests(folder))


def test_it_can_be_opened_like_any_other() -> None:
    assert open_named("standing:big", ENVIRONMENTS).network.name == "standing:big"
    assert open_named("vgg16-tiny", ENVIRONMENTS).network.name == "vgg16-tiny"


def test_an_unknown_name_lists_the_known_ones_the_nearest_first(cache: Path) -> None:
    with pytest.raises(UsageError) as raised:
        named("standing:Small22")
    message = str(raised.value)
    assert "standing.models has no such network" in message
    assert message.index("small_2") < message.index("it also has") < message.index("big")
    assert not list((cache / "networks").glob("*/answer.json"))


def test_a_name_is_taken_in_any_case_with_any_marks() -> None:
    assert named("Standing:B-I-G")[0].name == "standing:big"


@pytest.mark.parametrize("name", ["standing:../x", "standing:", "standing:a b", "standing:a;b"])
def test_what_cannot_be_a_name_starts_nothing(name: str, folder: Path) -> None:
    with pytest.raises(UsageError, match="letters, digits and _"):
        named(name)
    assert not list(requests(folder))


def test_a_failure_says_why_and_where_its_log_is(folder: Path) -> None:
    with pytest.raises(InputError, match="ValueError: no such luck; log: ") as raised:
        named("standing:small_1")
    log = Path(str(raised.value).rpartition("log: ")[2])
    assert log.read_text() == "working\n"


def test_a_program_that_dies_shows_the_end_of_its_log() -> None:
    with pytest.raises(InputError, match=r"ended with exit status 1 .*out of memory; log: "):
        named("standing:huge")


def test_an_operation_that_is_not_known_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (folder / "big.onnx").read_bytes()
    (folder / "big.onnx").write_bytes(content.replace(b"Softmax", b"Softmox"))
    with pytest.raises(InputError, match=r"standing:big cannot be read: node .*Softmox"):
        resolve_model(*named(), SILENT)


def test_what_was_made_is_told_with_its_seed() -> None:
    watch = Messages()
    named_networks("standing:big", None, ENVIRONMENTS, watch)
    assert watch.text == (
        "standing:big: made by standing.models.big (standing 1.0) with synthetic weights, seed 0\n"
    )


@pytest.mark.parametrize("framework", [KERAS, TORCHVISION], ids=lambda each: each.prefix)
def test_a_change_of_any_file_that_the_program_imports_makes_networks_anew(
    framework: Framework,
) -> None:
    python = Path(__file__).parents[3] / "python"
    listed, waiting = set(), [framework.script]
    own = {path.stem for path in python.glob("*.py")}
    while waiting:
        name = waiting.pop()
        listed.add(name)
        for statement in ast.walk(ast.parse((python / name).read_text())):
            if isinstance(statement, ast.ImportFrom) and statement.module in own:
                waiting += {f"{statement.module}.py"} - listed
    # What extractors share writes files and nothing else.
    assert listed - {framework.script, *framework.helpers} <= COMMON
