"""Candidates share what they have in common, and give what each gives alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netparity.diagnosis.mistakes import mistakes_of
from netparity.diagnosis.shared_passes import Changes, SharedPasses
from netparity.networks.catalogue import network_called
from netparity.networks.ops.base import OPS
from netparity.parity.passes import input_values, run_segment, segment_before
from netparity.weights import synthetic

Array = npt.NDArray[Any]
MODELS = {"chain": network_called("vgg16-tiny"), "branches": network_called("resnet-tiny")}


def image(seed: int, model: str) -> Array:
    shape = (2, *MODELS[model].image.shape)
    return np.random.default_rng(seed).normal(0, 60, shape).astype(np.float32)


class Counted(Mapping[str, Array]):
    """Weights that count how often each is read."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights, self.reads = weights, Counter[str]()

    def __getitem__(self, name: str) -> Array:
        self.reads[name] += 1
        return self._weights[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)


class Setting:
    """A network up to its last feature, with passes to share."""

    def __init__(self, model: str) -> None:
        self.network = MODELS[model]
        self.weights = Counted(synthetic.make(self.network, 0))
        self.passes = SharedPasses(self.network, self.weights)
        self.segment = segment_before(self.network, (), self.network.features[-2])
        self.images = {seed: image(seed, model) for seed in (1, 2)}

    def changes(self) -> list[Changes]:
        """None, and a mistake at each node with weights."""
        found: list[Changes] = [{}]
        for node in self.segment.nodes:
            if node.tensors:
                found.append({node.name: (next(mistakes_of(self.network, node)),)})
        return found

    def number(self, seed: int, changes: Changes) -> int:
        entry = self.network.inputs[0].name
        given = self.passes.given(seed, lambda: self.images[seed], 2)
        numbers = self.passes.follow(self.segment.nodes, {entry: given}, changes)
        return numbers[self.segment.nodes[-1].name]

    def alone(self, seed: int, changes: Changes) -> Array:
        given = input_values(self.network, self.images[seed])
        return run_segment(self.segment, self.weights, given, changes=changes)


@pytest.fixture(params=MODELS)
def setting(request: pytest.FixtureRequest) -> Setting:
    return Setting(request.param)


def test_together_they_give_what_each_gives_alone(setting: Setting) -> None:
    cases = [(seed, changes) for seed in (1, 2) for changes in setting.changes()]
    together = setting.passes.run([setting.number(*case) for case in cases])
    for case, values in zip(cases, together, strict=True):
        expected = setting.alone(*case)
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_what_two_have_in_common_is_computed_once(setting: Setting) -> None:
    last = [node for node in setting.segment.nodes if node.tensors][-1]
    changes = {last.name: (next(mistakes_of(setting.network, last)),)}
    setting.passes.run([setting.number(1, {}), setting.number(1, changes)])
    others = {name for name in setting.weights.reads if name not in last.tensors.values()}
    assert others and all(setting.weights.reads[name] == 1 for name in others)


def test_what_is_kept_is_not_computed_again(setting: Setting) -> None:
    right = setting.number(1, {})
    entry = setting.network.inputs[0].name
    given = setting.passes.given(1, lambda: setting.images[1], 2)
    setting.passes.keep(setting.passes.follow(setting.segment.nodes, {entry: given}, {}).values())
    first = setting.passes.run([right])[0]
    reads = setting.weights.reads.total()
    assert setting.passes.plan(right, set()) == 0
    assert setting.passes.run([right])[0] is first and setting.weights.reads.total() == reads
    setting.passes.keep([])
    assert setting.passes.plan(right, set()) > 0


def test_the_work_is_at_least_that_of_the_products(setting: Setting) -> None:
    network = setting.network
    flops = sum(
        OPS[node.op].flops(
            node,
            [network.shapes[name] for name in node.inputs],
            {role: network.tensors[name] for role, name in node.tensors.items()},
            network.shapes[node.name],
        )
        for node in setting.segment.nodes
    )
    planned: set[int] = set()
    work = setting.passes.plan(setting.number(1, {}), planned)
    assert work > 2 * flops  # of two images
    assert setting.passes.plan(setting.number(1, {}), planned) == 0
    assert setting.passes.plan(setting.number(2, {}), planned) == pytest.approx(work)
