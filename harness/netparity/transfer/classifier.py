"""A linear classifier trained on one tool's features and tested on each tool's."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from netparity.transfer.tables import Cell, Share

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.str_]
_MOST_ITERATIONS = 2000


def split(labels: Sequence[str], seed: int, test_share: float) -> npt.NDArray[np.bool_]:
    """Which images are to test with: that share of each class, drawn at random; N booleans.

    At least one image of a class is to train on, and one to test with.
    """
    random = np.random.default_rng(seed)
    all_labels = np.asarray(labels)
    testing = np.zeros(len(labels), dtype=bool)
    for label in np.unique(all_labels):
        members = random.permutation(np.flatnonzero(all_labels == label))
        count = min(max(1, round(test_share * len(members))), len(members) - 1)
        testing[members[:count]] = True
    return testing


def cross_accuracy(
    features: Mapping[str, Floats],
    labels: Sequence[str],
    testing: npt.NDArray[np.bool_],
    advance: Callable[[], None] = lambda: None,
) -> Iterator[Cell]:
    """Train on each runner's features and test on every runner's; the split is the same.

    Args:
        features: N x K by runner.
        labels: the class of each of the N images.
        testing: which of them are to test with.
        advance: called after each training.
    """
    truth: Labels = np.asarray(labels)
    for trained_on, own in features.items():
        predict = train(own[~testing], truth[~testing])
        at_home = predict(own[testing])
        for tested_on, theirs in features.items():
            predicted = predict(theirs[testing])
            yield Cell(
                trained_on=trained_on,
                tested_on=tested_on,
                accuracy=share(int((predicted == truth[testing]).sum()), int(testing.sum())),
                changed=share(int((predicted != at_home).sum()), int(testing.sum())),
                distance=_distance(theirs, own),
            )
        advance()


def train(features: Floats, labels: Labels) -> Callable[[Floats], Labels]:
    """Multinomial logistic regression with an L2 penalty (C = 1) on standardised features.

    A feature that is constant over the training images is left as it is. In float64; the same
    input gives the same classifier.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=_MOST_ITERATIONS))
    with warnings.catch_warnings():
        # It is a classifier all the same, and as linear.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features.astype(np.float64), labels)
    return lambda others: np.asarray(model.predict(others.astype(np.float64)))


def share(count: int, total: int) -> Share:
    """A share with its 95 % interval after Wilson (1927), which holds near 0 and 1 too."""
    interval = binomtest(count, total).proportion_ci(0.95, method="wilson")
    return Share(count, total, (float(interval.low), float(interval.high)))


def _distance(a: Floats, b: Floats) -> float:
    """Relative L2 distance over all images: |a - b| / |b|."""
    b64 = b.astype(np.float64)
    norm = float(np.linalg.norm(b64))
    return float(np.linalg.norm(a.astype(np.float64) - b64)) / norm if norm else 0.0
