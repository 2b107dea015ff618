"""Processor seconds: processors kept busy, and why some values took longer than others."""

from __future__ import annotations

import pytest

from netparity.protocol import Usage
from netparity.timing import summarise
from netparity.timing.usage import processors_busy, taken_while_stolen, usage_cautions


def usage(processors: float, stolen: float = 0.0, switches: int | None = None) -> Usage:
    return Usage(
        user_seconds=0.9 * processors,
        system_seconds=0.1 * processors,
        stolen_seconds=stolen,
        involuntary_switches=switches,
    )


def cautions_of(values: list[tuple[float, Usage]]) -> list[str]:
    processes = {1: [seconds for seconds, _ in values]}
    return list(usage_cautions({"a": processes}, {"a": {1: [used for _, used in values]}}))


FAST = [(0.22, usage(0.38))] * 10


def test_processors_busy_is_processor_seconds_over_wall_seconds() -> None:
    processes = {1: [1.0, 1.0], 2: [2.0]}
    usages = {1: [usage(2.0), usage(1.0)], 2: [usage(3.0)]}
    assert processors_busy(processes, usages) == pytest.approx(6 / 4)
    assert processors_busy(processes, {}) is None
    partly = {1: [usage(2.0), Usage(user_seconds=9.0)], 2: []}
    assert processors_busy(processes, partly) == pytest.approx(2.0), "only what is known of both"


def test_it_is_in_the_summary_of_the_phases_that_it_is_known_of() -> None:
    phases = {"a": {"load": {1: [1.0]}, "predict": {1: [0.5]}}}
    usages = {"a": {"predict": {1: [usage(0.75)]}}}
    found = {e.phase: e.processors_busy for e in summarise(phases, None, [], None, usages)}
    assert found == {"load": None, "predict": pytest.approx(1.5)}


def test_energy_is_the_median_over_the_blocks_and_of_predict_alone() -> None:
    phases = {"a": {"load": {1: [1.0]}, "predict": {1: [0.5]}}, "b": {"predict": {1: [1.0]}}}
    joules = {"a": [3.0, 9.0, 4.0], "b": []}
    entries = summarise(phases, None, [], joules=joules)
    found = {(e.label, e.phase): e.energy_joules for e in entries}
    assert found == {("a", "load"): None, ("a", "predict"): 4.0, ("b", "predict"): None}


def test_lost_parallelism_equal_processor_seconds_on_fewer_processors() -> None:
    """Keras 3's predict() on two processors: two modes with the same processor seconds."""
    [sentence] = cautions_of([*FAST, *[(0.34, usage(0.38))] * 5])
    assert sentence == (
        "a took 0.34 s in 5 of 15 values, and about 0.22 s in the fastest: waiting or lost "
        "parallelism; the same processor seconds (0.38) on 1.1 busy processors instead of 1.7."
    )


def test_interrupted_by_other_programs() -> None:
    calm = [(0.22, usage(0.38, switches=1))] * 10
    [sentence] = cautions_of([*calm, *[(0.34, usage(0.38, switches=30))] * 5])
    assert "interrupted by other programs; the same processor seconds (0.38)" in sentence


def test_more_work_than_usual() -> None:
    [sentence] = cautions_of([*FAST, *[(0.34, usage(0.6))] * 5])
    assert "more work than usual, or slower processors; 0.6 processor seconds instead" in sentence


def test_the_larger_part_of_the_delay_is_named() -> None:
    """1.55 times as long with 1.16 times the processor seconds: mostly fewer processors."""
    [sentence] = cautions_of([*FAST, *[(0.34, usage(0.44))] * 5])
    assert (
        "waiting or lost parallelism; 0.44 processor seconds instead of 0.38 on 1.3 busy"
        in sentence
    )


def test_stolen_time() -> None:
    found = cautions_of([*FAST, *[(0.34, usage(0.38, stolen=0.2))] * 5])
    assert found[0].startswith("Stolen time: during 5 of 15 values the hypervisor gave")
    assert found[1].endswith("stolen time, given to other machines by the hypervisor.")


@pytest.mark.parametrize(
    ("stolen", "marked"), [(None, False), (0.0, False), (0.001, False), (0.01, True), (0.5, True)]
)
def test_a_value_is_marked_from_one_percent_of_stolen_time(
    stolen: float | None, marked: bool
) -> None:
    assert taken_while_stolen(0.5, Usage(stolen_seconds=stolen)) is marked


@pytest.mark.parametrize(
    "values",
    [
        FAST,
        [*FAST, (0.34, usage(0.38))],  # a single slow value is an outlier
        [*FAST, *[(0.23, usage(0.38))] * 5],  # only 5 % slower
        [(0.22, Usage())] * 10 + [(0.34, Usage())] * 5,  # nothing is known
        FAST[:2] + [(0.34, usage(0.38))] * 2,  # too few values
        [*FAST, *[(0.34, usage(0.4 * 0.34 / 0.22 / 1.46))] * 5][:10],
    ],
)
def test_nothing_is_said_without_reason(values: list[tuple[float, Usage]]) -> None:
    assert cautions_of(values) == []
