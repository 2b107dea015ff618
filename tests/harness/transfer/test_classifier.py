"""A classifier on one runner's features, tested on another's: the split and the matrix."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.transfer.classifier import cross_accuracy, share, split
from tests.support.blobs import LABELS, blobs


@pytest.mark.parametrize("part", [0.01, 0.25, 0.5, 0.99])
def test_every_class_is_trained_on_and_tested(part):
    testing = split(LABELS, 3, part)
    truth = np.asarray(LABELS)
    for name, count in (("cat", 40), ("dog", 20), ("owl", 4)):
        tested = int(testing[truth == name].sum())
        assert 1 <= tested <= count - 1
        assert abs(tested - part * count) <= 1


def test_the_split_depends_on_the_seed_alone():
    np.testing.assert_array_equal(split(LABELS, 3, 0.5), split(LABELS, 3, 0.5))
    assert (split(LABELS, 3, 0.5) != split(LABELS, 4, 0.5)).any()


def test_equal_features_change_nothing_and_others_do():
    features = {"a": blobs(), "b": blobs(), "reversed": blobs()[:, ::-1]}
    cells = {
        (cell.trained_on, cell.tested_on): cell
        for cell in cross_accuracy(features, LABELS, split(LABELS, 0, 0.5))
    }
    assert len(cells) == 9
    for pair in (("a", "a"), ("a", "b"), ("b", "a")):
        assert cells[pair].accuracy.value == 1
        assert cells[pair].changed.count == 0
        assert cells[pair].distance == 0
    moved = cells["a", "reversed"]
    assert moved.accuracy.value < 0.9 and moved.changed.count > 3 and moved.distance > 0.1
    assert cells["reversed", "reversed"].accuracy.value == 1


def test_features_that_never_change_are_no_obstacle():
    features = np.hstack([blobs(), np.zeros((len(LABELS), 3)), np.full((len(LABELS), 1), 7.0)])
    [cell] = cross_accuracy({"a": features}, LABELS, split(LABELS, 0, 0.5))
    assert cell.accuracy.value == 1


def test_interval_is_wilson_s():
    # Wilson (1927): the roots of (p - x)^2 = z^2 x (1 - x) / n.
    for count, total in ((0, 10), (7, 10), (10, 10), (1, 898)):
        p, z = count / total, 1.959963984540054
        middle = (p + z * z / (2 * total)) / (1 + z * z / total)
        half = z / (1 + z * z / total) * np.sqrt(p * (1 - p) / total + z * z / (4 * total**2))
        np.testing.assert_allclose(
            share(count, total).interval, (middle - half, middle + half), atol=1e-12
        )
