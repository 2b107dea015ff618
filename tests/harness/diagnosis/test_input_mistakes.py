"""Mistakes with the image are named whatever the network's own normalisation is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netparity.diagnosis import INPUT_CHANGES, Cause, InputChange
from netparity.networks import Network, Preprocessing
from netparity.networks.catalogue.build import Builder
from tests.support.graph_subject import GraphSubject
from tests.support.graphs import residual

CAFFE = Preprocessing(order="BGR", mean=(104.0, 117.0, 123.0))
TORCH = Preprocessing(mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225), scale=1 / 255)
HALVES = Preprocessing(mean=(1.0,), scale=1 / 127.5)
NORMALISATIONS = {"caffe": CAFFE, "torch": TORCH, "tf": HALVES}


def taking(preprocessing: Preprocessing | None) -> Network:
    network = residual()
    return replace(network, inputs=(replace(network.image, preprocessing=preprocessing),))


def image(subject: GraphSubject, preprocessing: Preprocessing) -> np.ndarray:
    """The grey levels of red, green and blue that make the subject's input."""
    scaled = subject.x.astype(np.float64) * preprocessing.deviation + preprocessing.mean
    grey = scaled / preprocessing.scale
    return grey[..., ::-1] if preprocessing.order == "BGR" else grey


def mistaken(key: str, subject: GraphSubject, preprocessing: Preprocessing) -> np.ndarray:
    """The input with one mistake, as its title says it."""
    grey = image(subject, preprocessing)
    mean, deviation = (
        np.broadcast_to(values, (3,)) for values in (preprocessing.mean, preprocessing.deviation)
    )
    turn = slice(None, None, -1 if preprocessing.order == "BGR" else 1)
    made = {
        "mean-missing": lambda: grey[..., turn] * preprocessing.scale / deviation,
        "mean-twice": lambda: (grey[..., turn] * preprocessing.scale - 2 * mean) / deviation,
        "scale-0-1": lambda: grey[..., turn] / 255,
        "scale-pm1": lambda: grey[..., turn] / 127.5 - 1,
        "scale-torch": lambda: ((grey / 255 - TORCH.mean) / TORCH.deviation)[..., turn],
        "channels-swapped": lambda: subject.x[..., ::-1],
        "axes-swapped": lambda: subject.x.swapaxes(1, 2),
    }
    return np.ascontiguousarray(made[key](), dtype=np.float32)


@pytest.mark.parametrize("name", NORMALISATIONS)
@pytest.mark.parametrize(
    "key",
    [
        *("mean-missing", "mean-twice", "scale-0-1", "scale-pm1", "scale-torch"),
        *("channels-swapped", "axes-swapped"),
    ],
)
def test_a_mistake_with_the_image_is_named(name: str, key: str) -> None:
    preprocessing = NORMALISATIONS[name]
    subject = GraphSubject(taking(preprocessing))
    x = mistaken(key, subject, preprocessing)
    if np.allclose(x, subject.x, atol=1e-3):
        return  # it is the network's own normalisation
    diagnosis = subject.diagnose(subject.run(x=x))
    [finding] = diagnosis.findings
    assert finding.place == "stem"
    confirmed = [
        set(each.causes)
        for each in (finding.explanation, *finding.alternatives)
        if each is not None and each.confirmed
    ]
    assert {Cause(key, "input")} in confirmed


def test_without_a_known_normalisation_only_the_axes_and_channels_can_be_wrong() -> None:
    subject = GraphSubject(taking(None))
    swapped = np.ascontiguousarray(subject.x[..., ::-1])
    assert subject.diagnose(subject.run(x=swapped)).causes == [Cause("channels-swapped", "input")]
    assert subject.diagnose(subject.run(x=subject.x / np.float32(255))).causes == []


@pytest.mark.parametrize("change", INPUT_CHANGES, ids=lambda change: "+".join(change.mistakes))
def test_an_input_in_grey_levels_minus_the_mean_is_changed_as_it_is(change: InputChange) -> None:
    network = residual()
    x = GraphSubject(network).x.astype(np.float64)
    np.testing.assert_array_equal(change.apply_to_input(x, network), change.apply(x, network))


def test_rows_and_columns_cannot_be_swapped_in_an_image_that_is_not_square() -> None:
    builder = Builder((12, 10, 3))
    builder.conv("stem", 4, 3, pads=1)
    subject = GraphSubject(builder.network("oblong", CAFFE, ("stem",)))
    noisy = {"stem": subject.clean["stem"] + np.float32(1)}
    assert subject.diagnose(noisy).causes == []
    swapped = np.ascontiguousarray(subject.x[..., ::-1])
    assert subject.diagnose(subject.run(x=swapped)).causes == [Cause("channels-swapped", "input")]
