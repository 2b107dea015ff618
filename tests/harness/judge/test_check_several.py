"""Many features at once: a verdict and a local error for each, one diagnosis."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat
from typer.testing import CliRunner

import netparity
from netparity.api import Checks
from netparity.commands.main import app
from netparity.diagnosis.trials import Trials
from netparity.errors import InputError, UsageError
from netparity.judge import several
from netparity.judge.faults import Shares
from netparity.networks.ops.base import How
from netparity.networks.writing import onnx
from tests.support.cases import SMALL, input_tensor, numpy_runner, random_tensors
from tests.support.framework_standins import Tensor
from tests.support.watches import Messages

WEIGHTS = random_tensors(SMALL)
X = input_tensor(SMALL, images=2)
ORDER = How(channel_order="shuffled")
LAYERS = [layer.name for layer in SMALL.layers]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("network") / "small.onnx"
    onnx.write(path, replace(SMALL, default_features=()), WEIGHTS)
    return str(path)


def features(**mistakes: str) -> dict[str, np.ndarray]:
    """What a tool computes in float32, its sums in an order of its own, with mistakes."""
    made = {layer: (mistake,) for layer, mistake in mistakes.items()}
    return numpy_runner(SMALL, WEIGHTS, X, ORDER, made)


def check(given: object, network: str, **settings: object) -> Checks:
    checked = netparity.check(given, model=network, tensor=X, **settings)
    assert isinstance(checked, Checks)
    return checked


def test_every_feature_is_judged_in_the_networks_order(network: str) -> None:
    checked = check(dict(reversed(features().items())), network)
    assert [feature.name for feature in checked.features] == LAYERS
    assert checked.passed
    assert {feature.entry.verdict for feature in checked.features} == {"pass"}
    assert all(feature.entry.local is not None for feature in checked.features)
    assert checked.diagnosis is checked.first_divergent is checked.first_faulty is None
    assert f"{len(LAYERS)} of {len(LAYERS)} features compared" in str(checked).splitlines()


def test_the_table_has_a_row_for_each_in_plain_text(network: str) -> None:
    lines = str(check(features(), network)).splitlines()
    header = next(place for place, line in enumerate(lines) if line.startswith("feature"))
    rows = lines[header + 2 : header + 2 + len(LAYERS)]
    assert [row.split()[:3] for row in rows] == [[name, name, "pass"] for name in LAYERS]
    assert len({len(line) for line in lines[header : header + 2 + len(LAYERS)]}) == 1


def test_every_faulty_layer_has_a_diagnosis(network: str) -> None:
    wrong = features(conv1_1="relu-missing", fc3="bias-missing")
    checked = check(wrong, network)
    assert not checked.passed
    assert checked.first_divergent is checked.first_faulty is checked["conv1_1"]
    assert [feature.name for feature in checked.features if feature.faulty] == ["conv1_1", "fc3"]
    assert checked.diagnosis is not None
    causes = [(cause.place, cause.mistake) for cause in checked.diagnosis.causes]
    assert causes == [("conv1_1", "relu-missing"), ("fc3", "bias-missing")]
    lines = str(checked).splitlines()
    assert "first faulty layer: conv1_1" in lines
    assert "also faulty on their own: fc3" in lines
    # From the first faulty layer on all diverge, and are right given what they had.
    assert checked["conv2_1"].entry.verdict == "divergent"
    assert checked["conv2_1"].entry.local.verdict == "pass"


def test_a_layer_before_the_fault_is_known_to_its_diagnosis(network: str) -> None:
    checked = check(features(conv2_2="kernels-rotated"), network)
    assert checked.diagnosis is not None
    [finding] = checked.diagnosis.findings
    assert (finding.place, finding.since) == ("conv2_2", "conv2_1")
    assert [cause.mistake for cause in checked.diagnosis.causes] == ["kernels-rotated"]


def test_a_feature_that_was_exported_wrongly_alone(network: str) -> None:
    given = features()
    checked = check({**given, "fc4": given["fc4"][:, ::-1]}, network)
    assert [feature.name for feature in checked.features if not feature.passed] == ["fc4"]
    off_by_one = check({**given, "conv1_1": np.maximum(given["conv2_1"], 0)}, network)
    assert off_by_one.first_faulty.name == "conv1_1"


def test_no_cause_is_sought_on_request(network: str) -> None:
    checked = check(features(conv1_1="relu-missing", fc3="bias-missing"), network, diagnose=False)
    assert checked.diagnosis is None
    lines = str(checked).splitlines()
    assert "first faulty layer: conv1_1" in lines
    assert "also faulty, given the features before them: fc3" in lines


def test_the_time_is_shared_among_the_faulty_layers() -> None:
    now = 0.0
    shares = Shares(10, ["a", "b"], lambda: now)
    shares.begin("a")
    assert shares.left == 5
    now = 2.0
    shares.begin("another")
    assert shares.left == 3 and not shares()
    shares.begin("b")
    assert shares.left == 8  # what the first did not need
    now = 10.0
    assert shares()


def test_an_error_that_only_grows_is_nobodys_fault(network: str) -> None:
    checked = check(features(), network, max_relative_l2=1e-9)
    assert not checked.passed
    assert checked.first_faulty is None
    assert checked.diagnosis is None
    assert "no layer is faulty on its own" in str(checked)


# --- which features -------------------------------------------------------------------------


def test_what_is_no_layer_is_counted_and_listed(network: str) -> None:
    given = {**features(), "logits_2": np.zeros(3), "names": np.array(["a"])}
    checked = check(given, network)
    assert checked.passed
    assert set(checked.others) == {"logits_2", "names"}
    text = str(checked)
    assert f"{len(LAYERS)} of {len(LAYERS) + 2} features compared; not compared: " in text
    assert "names (it holds text)" in text
    assert "logits_2 (small has no layer of that name)" in text


def test_two_names_of_one_layer(network: str) -> None:
    given = features()
    checked = check({"FC3": given["fc3"], "fc3": given["fc3"]}, network)
    assert checked.others == {"FC3": "the same layer as fc3"}


def test_nothing_to_compare_names_the_layers_that_there_are(network: str) -> None:
    with pytest.raises(InputError, match=r"'a': small has no layer of that name.*conv1_1, .*fc3"):
        check({"a": X}, network)
    with pytest.raises(InputError, match="there are none"):
        check({}, network)


def test_another_shape_is_named_and_the_rest_is_judged(network: str) -> None:
    given = features()
    checked = check({**given, "conv1_1": given["conv1_1"][:, 1:]}, network)
    assert not checked.passed
    assert [feature.name for feature in checked.features if not feature.passed] == ["conv1_1"]
    height, width, channels = SMALL.layer("conv1_1").output_shape
    found = f"conv1_1: found 2 x {height - 1} x {width} x {channels}; expected "
    assert found in str(checked)


def test_one_feature_of_several_is_chosen_otherwise(network: str) -> None:
    with pytest.raises(UsageError, match="leave 'fc3' out"):
        check(features(), network, feature="fc3")
    with pytest.raises(UsageError, match="about one feature"):
        check(features(), network, before_activation=True)


# --- the order of axes ----------------------------------------------------------------------


def test_channels_first_is_found_out_where_shapes_leave_a_choice(network: str) -> None:
    given = features()
    first = {name: np.moveaxis(x, -1, 1) if x.ndim == 4 else x for name, x in given.items()}
    checked = check(first, network)
    assert checked.passed
    assert "laid out as N x C x H x W (channels first)" in str(checked)


def test_the_order_of_the_others_is_that_of_one_that_fails(network: str) -> None:
    assert SMALL.layer("conv2_1").output_shape == (6, 6, 6), "which shows no order"
    wrong = features(conv2_1="relu-missing")
    first = {name: np.moveaxis(x, -1, 1) if x.ndim == 4 else x for name, x in wrong.items()}
    checked = check(first, network)
    assert [cause.mistake for cause in checked.diagnosis.causes] == ["relu-missing"]


def test_the_users_arrays_stay_as_they_are(network: str) -> None:
    given = features()
    copies = {name: x.copy() for name, x in given.items()}
    check(given, network)
    for name, x in given.items():
        assert x.flags.writeable
        np.testing.assert_array_equal(x, copies[name])


def test_tensors_of_a_framework_are_taken(network: str) -> None:
    given = {name: Tensor(x) for name, x in features().items()}
    assert netparity.check(given, model=network, tensor=Tensor(X)).passed
    assert netparity.check(given["fc3"], model=network, tensor=X, feature="fc3").passed


def test_a_strangers_name_does_not_move_the_cursor(network: str) -> None:
    lines = str(check({**features(), "a\x1b[2J\u202e": X}, network)).splitlines()
    assert "a[U+001B][2J[U+202E] (small has no layer of that name)" in lines[-2]


# --- which images ---------------------------------------------------------------------------


def test_the_image_that_alone_is_wrong_is_named_and_diagnosed_alone(network: str) -> None:
    right, wrong = features(), features(conv2_1="kernels-rotated")
    mixed = {name: np.stack([right[name][0], wrong[name][1]]) for name in right}
    checked = check(mixed, network)
    assert checked.remarks == ("of 2 images, number 2 alone leaves the reference",)
    assert checked["conv2_1"].images.wrong == (2,)
    first, second = checked["conv2_1"].images.errors
    assert first < 1e-5 < 1e-3 < second
    assert [cause.mistake for cause in checked.diagnosis.causes] == ["kernels-rotated"]
    [entry] = [each for each in checked.document()["features"] if each["name"] == "conv2_1"]
    assert entry["images"] == {"relative_l2": [first, second], "wrong": [2]}


def test_a_mistake_with_every_image_names_none(network: str) -> None:
    checked = check(features(conv2_1="kernels-rotated"), network)
    assert checked.remarks == () and checked["conv2_1"].images.wrong == (1, 2)


def test_the_given_image_is_found_among_those_of_the_arrays(network: str) -> None:
    given = features()
    checked = netparity.check(given, model=network, tensor=X[1:])
    assert checked.passed
    assert checked.remarks == ("the arrays hold the features of 2 images; given is number 2",)
    turned = {name: x[::-1] for name, x in given.items()}
    assert netparity.check(turned, model=network, tensor=X[1:]).remarks[0].endswith("number 1")


def test_one_image_of_the_arrays_is_chosen(network: str) -> None:
    checked = netparity.check(features(), model=network, tensor=X[1:], column=2)
    assert checked.passed and checked.remarks == ("number 2 of 2 images",)
    assert not netparity.check(
        features(), model=network, tensor=X[1:], column=1, diagnose=False
    ).passed
    with pytest.raises(UsageError, match="--column 3: expected a number of 1 to 2"):
        netparity.check(features(), model=network, tensor=X[1:], column=3)
    with pytest.raises(UsageError, match="chooses one image, and 2 were given"):
        netparity.check(features(), model=network, tensor=X, column=1)


def test_features_of_other_images_need_as_many_images(network: str) -> None:
    with pytest.raises(InputError, match="features of 2 images, and 1 image was given; fix: "):
        netparity.check(features(), model=network, tensor=np.zeros_like(X[:1]))
    three = np.concatenate([X, X[:1]])
    with pytest.raises(InputError, match="features of 2 images, and 3 images were given"):
        netparity.check(features(), model=network, tensor=three)


# --- files and the command line --------------------------------------------------------------


def save(path: Path, given: dict[str, np.ndarray]) -> Path:
    if not path.suffix:
        path.mkdir()
        for name, x in given.items():
            np.save(path / f"{name}.npy", x)
    elif path.suffix == ".npz":
        np.savez(path, **given)
    elif path.suffix == ".mat":  # as MATLAB has them: H x W x C x N
        savemat(path, {name: np.moveaxis(x, 0, -1) for name, x in given.items()})
    else:
        with h5py.File(path, "w") as file:
            for name, x in given.items():
                file[f"run/features/{name}"] = x
    return path


@pytest.fixture
def tensor(tmp_path: Path) -> Path:
    path = tmp_path / "input.npy"
    np.save(path, X)
    return path


def command(path: Path, tensor: Path, network: str, *more: str):
    given = ["check", str(path), "--model", network, "--input", str(tensor), *more]
    return CliRunner().invoke(app, given)


@pytest.mark.parametrize("suffix", [".npz", ".mat", ".h5", ""])
def test_a_file_of_several_is_judged_whole(
    suffix: str, network: str, tensor: Path, tmp_path: Path
) -> None:
    path = save(tmp_path / f"features{suffix}", features())
    result = command(path, tensor, network)
    assert result.exit_code == 0, result.output
    assert f"{len(LAYERS)} of {len(LAYERS)} features of small" in result.stdout
    chosen = command(path, tensor, network, "--feature", "fc4")
    assert chosen.exit_code == 0, chosen.output
    assert "fc4 of small, small.onnx: pass" in chosen.stdout


def test_a_file_that_fails_ends_with_1_and_as_json(
    network: str, tensor: Path, tmp_path: Path
) -> None:
    path = save(tmp_path / "f.npz", {**features(conv1_1="relu-missing"), "other": X})
    result = command(path, tensor, network, "--json")
    assert result.exit_code == 1, result.output
    document = json.loads(result.stdout)
    assert document["passed"] is False
    assert document["compared"] == len(LAYERS)
    assert list(document["not_compared"]) == ["other"]
    assert document["first_divergent"] == document["first_faulty"] == "conv1_1"
    assert [each["parity"]["feature"] for each in document["features"]] == LAYERS
    assert [each["place"] for each in document["diagnosis"]["findings"]] == ["conv1_1"]


def test_a_file_with_one_layer_beside_other_arrays_is_that_layer(
    network: str, tensor: Path, tmp_path: Path
) -> None:
    path = save(tmp_path / "f.npz", {"prob": features()["prob"], "image": X})
    result = command(path, tensor, network)
    assert result.exit_code == 0, result.output
    assert "prob of small, small.onnx: pass" in result.stdout


def test_assert_parity_raises_with_the_table(network: str) -> None:
    given = {"model": network, "tensor": X}
    assert netparity.assert_parity(features(), **given).passed
    with pytest.raises(AssertionError, match="first faulty layer: conv1_1"):
        netparity.assert_parity(features(conv1_1="relu-missing"), **given)


# --- reduced precision and interrupts -------------------------------------------------------


def test_reduced_precision_is_named_with_its_setting_and_not_searched(
    network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "Search", lambda *given, **named: pytest.fail("searched"))
    x = numpy_runner(SMALL, WEIGHTS, X, How(operands="bfloat16", partial_sums=48))
    checked = check(x, network)
    assert not checked.passed and checked.diagnosis is None
    assert checked["conv2_1"].arithmetic
    text = str(checked)
    assert "with the error of " in text and "bfloat16" in text
    assert "  PyTorch: no .half(), .bfloat16() or torch.autocast" in text


def test_a_mistake_beside_reduced_precision_is_searched_for(network: str) -> None:
    made = numpy_runner(
        SMALL,
        WEIGHTS,
        X,
        How(operands="bfloat16", partial_sums=48),
        {"fc4": ["relu-missing"]},
    )
    checked = check(made, network)
    assert checked.diagnosis is not None
    assert [finding.place for finding in checked.diagnosis.findings] == ["fc4"]


def test_the_verdict_comes_before_the_search_and_the_table_at_an_interrupt(
    network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self, candidates) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trials, "try_all", interrupted)
    watch = Messages()
    with pytest.raises(KeyboardInterrupt):
        check(features(conv1_1="relu-missing"), network, watch=watch)
    first, last = watch.messages
    verdict = "of 8 features of small, small.onnx, agree with the float64 reference"
    assert first.endswith(f"{verdict}; looking for the cause")
    assert last.startswith("interrupted; found so far:\n") and verdict in last
    assert "DIVERGES" in last
