"""Networks that a framework makes by name, in the framework itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.errors import InputError
from netparity.runners.environments import Environments
from netparity.runners.named_networks import named_networks
from netparity.watch import SILENT
from netparity.weights.model import resolve_model
from tests.support.command_line import Compare, Done

ONCE = ("--layers", "all", "--rounds", "1", "--repeats", "1")
pytestmark = pytest.mark.usefixtures("without_report")
SQUEEZENET = "torchvision:squeezenet1_1"


def verdicts(done: Done) -> set[tuple[str, str]]:
    assert done.exit_code == 0, done.stderr
    return {(entry["input"], entry["verdict"]) for entry in done.run["parity"]}


def test_every_layer_of_a_network_of_keras_applications_agrees(
    keras3_python: str, compare: Compare
) -> None:
    name = "keras:MobileNet"
    done = compare(*("--model", name, "--input-size", "32", "--runner", "keras3-tensorflow"), *ONCE)
    assert verdicts(done) == {("shared", "pass"), ("native", "pass")}
    run = done.run
    assert run["model"] == name
    assert (run["weights"]["kind"], run["weights"]["source"]) == ("synthetic", name)
    assert run["runners"][0]["built"] == "keras.applications.MobileNet, saved"


def test_every_value_of_a_classifier_of_torchvision_agrees_with_the_weights_of_a_pth(
    pytorch_python: str, compare: Compare
) -> None:
    made = resolve_model(
        *named_networks(SQUEEZENET, None, Environments(), SILENT, (64, 64)), SILENT
    )
    file = made.weights.own_files["torchvision"]
    done = compare(
        *("--model", SQUEEZENET, "--weights", file, "--input-size", "64", "--runner", "pytorch"),
        *ONCE,
    )
    assert verdicts(done) == {("shared", "pass"), ("native", "pass")}
    run = done.run
    assert run["weights"] == {
        **{"kind": "file", "source": "squeezenet1_1.pth", "sha256": made.weights.sha256}
    }
    assert run["runners"][0]["built"] == "torchvision.models.squeezenet1_1"
    features = {entry["feature"] for entry in run["parity"]}
    assert {"features.3.squeeze", "features.3.cat", "classifier.3", "flatten"} <= features


def test_a_pth_of_anything_else_is_refused_in_words(pytorch_python: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.pth"
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="cannot be read as a state dict"):
        named_networks(SQUEEZENET, str(file), Environments(), SILENT, (64, 64))
