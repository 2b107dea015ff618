"""Values of another shape than the layer's, and files with the features of many images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import netparity
from netparity.errors import UsageError
from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import RIGHT
from netparity.parity.passes import run_nodes
from netparity.weights import resolve
from tests.support.cases import numpy_runner
from tests.support.watches import Messages

TINY = {"model": "vgg16-tiny", "weights": "synthetic:0"}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("images")
    paths = []
    for number in range(3):
        small = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        paths.append(folder / f"{number}.png")
        Image.fromarray(small).resize((64, 64), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


@pytest.fixture(scope="module")
def features(images: list[Path]) -> dict[str, np.ndarray]:
    x = prepare([decode(path) for path in images], VGG16_TINY)
    weights = dict(resolve("synthetic:0", VGG16_TINY).tensors())
    return numpy_runner(VGG16_TINY, weights, x)


def cause(checked: netparity.Check) -> tuple[str, str]:
    assert not checked.passed and checked.diagnosis is not None
    [found] = checked.diagnosis.causes
    return found.mistake, found.detail


def test_features_of_more_images_than_were_given(features, images) -> None:
    checked = netparity.check(features["fc6"], feature="fc6", image=images[1:], **TINY)
    mistake, detail = cause(checked)
    assert mistake == "images-count"
    assert "3 images, and 2 were given; given are number 2, 3" in detail
    assert "--column K" in str(checked)


def test_one_image_of_many_is_chosen(features, images) -> None:
    for number in (1, 2, 3):
        checked = netparity.check(
            features["fc6"], feature="fc6", image=images[number - 1], column=number, **TINY
        )
        assert checked.passed and f"number {number} of 3" in checked.orientation
    columns = features["fc6"].T
    assert netparity.check(columns, feature="fc6", image=images[1], column=2, **TINY).passed
    with pytest.raises(UsageError, match="1 to 3"):
        netparity.check(features["fc6"], feature="fc6", image=images[0], column=4, **TINY)


def test_images_in_another_order(features, images) -> None:
    turned = features["fc6"][[2, 0, 1]]
    checked = netparity.check(turned, feature="fc6", image=images, **TINY)
    assert cause(checked)[0] == "treated-images"


def test_the_image_that_alone_is_wrong_is_diagnosed_alone(features, images) -> None:
    mixed = features["fc6"].copy()
    mixed[1] = features["fc7"][1]
    checked = netparity.check(mixed, feature="fc6", image=images, **TINY)
    assert checked.images.wrong == (2,) and checked.images.only_some
    assert "of 3 images, number 2 (1.png) alone leaves the reference" in str(checked)
    assert cause(checked) == ("off-by-one", "fc7")
    assert checked.document()["images"]["wrong"] == [2]


def test_where_every_image_is_wrong_none_is_named(features, images) -> None:
    checked = netparity.check(features["fc7"], feature="fc6", image=images, diagnose=False, **TINY)
    assert checked.images.wrong == (1, 2, 3) and not checked.images.only_some
    assert "alone leave" not in str(checked)
    passing = netparity.check(features["fc6"], feature="fc6", image=images, **TINY)
    assert passing.images is None


def test_the_only_named_array_of_a_file_is_that_layer(features, images, tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", feat_conv5_3=features["conv5_3"], other=np.ones(3))
    checked = netparity.check(tmp_path / "f.npz", image=images, **TINY)
    assert checked.passed and checked.entry.feature == "conv5_3"


def test_another_layer_of_another_size(features, images) -> None:
    checked = netparity.check(features["pool5"], feature="fc6", image=images, **TINY)
    assert cause(checked) == ("off-by-one", "pool5")
    [finding] = checked.diagnosis.findings
    assert finding.explanation.times_floor < 8
    assert "times the error of rounding)" in str(checked)


@pytest.mark.parametrize(("mistake", "pool"), [("pooled-mean", np.mean), ("pooled-max", np.max)])
def test_a_map_pooled_over_space(features, images, mistake: str, pool) -> None:
    pooled = pool(features["conv5_3"], axis=(1, 2))
    checked = netparity.check(pooled, feature="conv5_3", image=images, **TINY)
    assert cause(checked)[0] == mistake


def test_unrelated_values_of_another_shape_are_not_explained(images) -> None:
    values = np.random.default_rng(0).random((3, 77))
    checked = netparity.check(values, feature="fc6", image=images, **TINY)
    assert not checked.passed and checked.diagnosis.causes == []


def test_the_verdict_comes_before_the_search_and_at_an_interrupt(monkeypatch) -> None:
    from netparity.diagnosis.trials import Trials

    def interrupted(self, candidates) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trials, "try_all", interrupted)
    watch = Messages()
    values = np.ones((1, 256)) * np.arange(256)
    with pytest.raises(KeyboardInterrupt):
        netparity.check(values, feature="fc6", image=SAMPLE_IMAGE, watch=watch, **TINY)
    first, last = watch.messages
    assert first.startswith("fc6 of vgg16-tiny, synthetic:0: divergent")
    assert last.startswith("interrupted") and "divergent" in last


def test_a_map_pooled_before_its_activation(features, images) -> None:
    layer = VGG16_TINY.layer("conv5_3")
    x, weights = features["conv5_2"], resolve("synthetic:0", VGG16_TINY).tensors()
    [(_, linear)] = run_nodes(
        [VGG16_TINY.by_name[layer.node.inputs[0]]], weights, {"conv5_2": x}, RIGHT, {}
    )
    pooled = linear.mean(axis=(1, 2))
    checked = netparity.check(pooled, feature="fc6", image=images, **TINY)
    assert {each.mistake for each in checked.diagnosis.causes} == {"pooled-mean", "before-relu"}


def test_a_pooled_map_that_was_normalised(features, images) -> None:
    pooled = features["conv5_3"].max(axis=(1, 2))
    unit = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    checked = netparity.check(unit, feature="fc6", image=images, **TINY)
    assert {each.mistake for each in checked.diagnosis.causes} == {"pooled-max", "treated-l2"}
