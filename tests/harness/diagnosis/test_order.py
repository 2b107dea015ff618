"""The order of mistakes speaks of mistakes that there are."""

from __future__ import annotations

from netparity.diagnosis import order
from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import INPUT_CHANGES, MISTAKES
from netparity.diagnosis.titles import describe


def test_every_mistake_of_the_input_has_a_place() -> None:
    keys = {key for change in INPUT_CHANGES for key in change.mistakes}
    assert keys == set(order.INPUT_CHANGES)


def test_mistakes_at_nodes_are_declared_by_operations() -> None:
    assert set(order.AT_NODES) <= MISTAKES.keys()


def test_mistakes_at_the_end_have_titles() -> None:
    assert all(describe(Cause(key, "fc6", "fc7")) for key in order.ENDS)


def test_several_mistakes_are_as_rare_as_the_rarest() -> None:
    assert order.place_of(["b", "a"], ("a", "b", "c")) == 1
    assert order.place_of(["a", "unknown"], ("a", "b", "c")) == 3
