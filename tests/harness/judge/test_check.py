"""Features computed by someone else are judged and diagnosed, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from typer.testing import CliRunner

import netparity
from netparity.commands.main import app
from netparity.errors import InputError, UsageError
from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import How
from netparity.weights import resolve
from tests.support.cases import numpy_runner

TINY = {"model": "vgg16-tiny", "weights": "synthetic:0", "image": SAMPLE_IMAGE}
ARGUMENTS = ["--model", "vgg16-tiny", "--image", str(SAMPLE_IMAGE)]
ORDER = How(partial_sums=48)


@pytest.fixture(scope="module")
def weights():
    return dict(resolve("synthetic:0", VGG16_TINY).tensors())


@pytest.fixture(scope="module")
def features(weights) -> dict[str, np.ndarray]:
    """What a tool would compute in float32, its sums in an order of its own."""
    x = prepare([decode(SAMPLE_IMAGE)], VGG16_TINY)
    return numpy_runner(VGG16_TINY, weights, x, ORDER)


def told(*arguments: object):
    return CliRunner().invoke(app, ["check", *map(str, arguments), *ARGUMENTS])


@pytest.mark.parametrize("name", ["fc6", "fc7", "prob", "conv3_2", "pool5"])
def test_right_features_pass(features, name: str) -> None:
    checked = netparity.check(features[name], feature=name, **TINY)
    assert checked.entry.verdict == "pass"
    assert checked.passed
    assert checked.diagnosis is None


def test_a_file_in_matlabs_order_passes_on_the_command_line(features, tmp_path: Path) -> None:
    savemat(tmp_path / "f.mat", {"relu6": features["fc6"].reshape(1, 1, -1)})
    result = told(tmp_path / "f.mat", "--feature", "fc1")
    assert result.exit_code == 0, result.output
    assert "fc6 of vgg16-tiny, synthetic:0: pass" in result.stdout


def test_channels_first_is_found_out(features) -> None:
    first = features["conv4_2"].transpose(0, 3, 1, 2)
    assert netparity.check(first, feature="conv4_2", **TINY).passed


WRONG = {
    "permuted channels": lambda x: x[:, ::-1],
    "flipped signs": lambda x: -x,
    "one NaN": lambda x: np.where(np.arange(x.size) == 7, np.nan, x),
    "cut short": lambda x: x[:, :-1],
    "equal means": lambda x: np.full_like(x, x.mean()),
    "another scale": lambda x: x * 1.001,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_features_fail_with_exit_code_1(features, tmp_path: Path, wrong: str) -> None:
    np.save(tmp_path / "f.npy", WRONG[wrong](features["fc6"]))
    result = told(tmp_path / "f.npy", "--feature", "fc6", "--no-diagnose", "--json")
    assert result.exit_code == 1, result.output
    document = json.loads(result.stdout)
    assert document["passed"] is False
    assert document["parity"]["verdict"] in ("divergent", "error")


def test_the_cause_is_named(weights, tmp_path: Path) -> None:
    x = prepare([decode(SAMPLE_IMAGE)], VGG16_TINY)[..., ::-1]
    swapped = numpy_runner(VGG16_TINY, weights, np.ascontiguousarray(x))
    np.save(tmp_path / "f.npy", swapped["fc6"])
    result = told(tmp_path / "f.npy", "--feature", "fc6")
    assert result.exit_code == 1
    assert "confirmed: input: " in result.stdout


def test_another_resize_is_found_out(weights) -> None:
    image = decode(SAMPLE_IMAGE)
    nearest = image.pixels[480 // 128 :: 480 // 64][:64, 640 // 128 :: 640 // 64][:, :64]
    x = (nearest - np.asarray(VGG16_TINY.mean_rgb)).astype(np.float32)[None]
    other = numpy_runner(VGG16_TINY, weights, x)["fc6"]
    checked = netparity.check(other, feature="fc6", diagnose=False, **TINY)
    assert not checked.passed
    right = netparity.check(
        other, feature="fc6", model="vgg16-tiny", weights="synthetic:0", tensor=x
    )
    assert right.passed, "given the tensor itself, nothing is left to disagree on"


def test_a_feature_before_its_activation(weights) -> None:
    x = prepare([decode(SAMPLE_IMAGE)], VGG16_TINY)
    mistakes = {"fc6": ("relu-missing",)}
    bare = numpy_runner(VGG16_TINY, weights, x, ORDER, mistakes)["fc6"]
    assert netparity.check(bare, feature="fc6", before_activation=True, **TINY).passed
    wrongly = netparity.check(bare, feature="fc6", **TINY)
    assert [cause.mistake for cause in wrongly.diagnosis.causes] == ["relu-missing"]
    rectified = netparity.check(np.maximum(bare, 0), feature="fc6", before_activation=True, **TINY)
    assert [cause.mistake for cause in rectified.diagnosis.causes] == ["relu-applied"]


def test_a_tolerance_of_the_users_own_decides(features) -> None:
    near = features["fc6"] * np.float32(1.001)
    assert netparity.check(near, feature="fc6", max_relative_l2=0.01, **TINY).passed
    assert netparity.check(near, feature="fc6", rtol=0.01, **TINY).passed
    assert not netparity.check(near, feature="fc6", atol=1e-9, diagnose=False, **TINY).passed


def test_assert_parity_raises_with_the_diagnosis(features) -> None:
    assert netparity.assert_parity(features["fc6"], feature="fc6", **TINY).passed
    with pytest.raises(AssertionError, match="fc7"):
        netparity.assert_parity(features["fc7"], feature="fc6", **TINY)


def test_what_cannot_be_checked_is_refused(features, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="either the image"):
        netparity.check(features["fc6"], model="vgg16-tiny")
    with pytest.raises(UsageError, match="no layer"):
        netparity.check(features["fc6"], feature="fc99", **TINY)
    with pytest.raises(UsageError, match="--rtol"):
        netparity.check(features["fc6"], rtol=-1.0, **TINY)
    with pytest.raises(UsageError, match="activation"):
        netparity.check(features["pool1"], feature="pool1", before_activation=True, **TINY)
    with pytest.raises(InputError, match="takes N x 64 x 64 x 3"):
        netparity.check(features["fc6"], model="vgg16-tiny", tensor=np.zeros((1, 3)))
    assert told(tmp_path / "missing.npy").exit_code == 2


def test_checks_do_not_depend_on_each_other(features) -> None:
    first, second = (str(netparity.check(features["fc6"], feature="fc6", **TINY)) for _ in "ab")
    assert first == second


# --- networks with branches -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "feature", "place", "key"),
    [
        ("googlenet-tiny", "icp2_out", "icp1_out", "concat-first-two-swapped"),
        ("alexnet-tiny", "relu6", "norm1", "lrn-alpha-divided"),
    ],
)
def test_the_cause_is_named_in_any_network(name: str, feature: str, place: str, key: str) -> None:
    network = NETWORKS[name]
    tensors = dict(resolve("synthetic:0", network).tensors())
    x = prepare([decode(SAMPLE_IMAGE)], network)
    given = {"feature": feature, "model": name, "image": SAMPLE_IMAGE}
    right = numpy_runner(network, tensors, x, ORDER)[feature]
    assert netparity.check(right, **given).passed
    wrong = numpy_runner(network, tensors, x, ORDER, {place: (key,)})[feature]
    checked = netparity.check(wrong, **given)
    assert [(cause.mistake, cause.place) for cause in checked.diagnosis.causes] == [(key, place)]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"image": np.zeros((8, 8, 3), np.uint8)}, "image=ndarray: expected the path"),
        ({"image": 3}, "image=3: expected the path of an image file"),
        ({"image": [3]}, r"image=\[3\]: expected the path of an image file"),
        ({"model": 3}, "model=3: expected a name or the path"),
        ({"weights": 3}, "weights=3: expected a name or the path"),
        ({"preprocessing": 3}, "preprocessing=3: expected a name"),
        ({"image": None, "tensor": object()}, "the values of the input tensor are given as object"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_arguments_of_wrong_types_are_refused_with_the_fix(
    features, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        netparity.check(features["fc6"], **{**TINY, **changed})


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(UsageError, match=r"the features are given as list; expected real numbers"):
        netparity.check([Path("fc6.npy")], **TINY)


def test_paths_need_not_be_text(features, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.h5 do not exist"):
        netparity.check(features["fc6"], **{**TINY, "weights": tmp_path / "nothing.h5"})
    assert netparity.check(features["fc6"].tolist(), **TINY).passed
