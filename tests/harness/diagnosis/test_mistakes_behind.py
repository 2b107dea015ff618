"""A mistake is named if only one feature far behind it is known; `planted_behind` plants all."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.planted_behind import Case, cases, diagnosed
from netparity.networks import network_called
from tests.support.graph_subject import GraphSubject

CHOSEN = {
    "vgg16-tiny": ("other weights", "kernel-reshaped at ", "kernels-channels-swapped at "),
    "resnet-tiny": ("epsilon-0.9 everywhere", "batch-statistics everywhere"),
}
"""What the titles of the cases begin with."""


def chosen(name: str) -> tuple[GraphSubject, list[Case]]:
    subject = GraphSubject(network_called(name), 1, images=1)
    every = cases(subject, 1, 0, np.random.default_rng(1))
    return subject, [each for each in every if each.title.startswith(CHOSEN[name])]


@pytest.mark.parametrize("name", CHOSEN)
def test_a_mistake_is_confirmed_by_one_feature_behind_it(name: str) -> None:
    subject, found = chosen(name)
    assert len(found) == len(CHOSEN[name])
    for case in found:
        error, right, words = diagnosed(subject, case)
        assert error > 0, case.title
        assert right, (case.title, words)
