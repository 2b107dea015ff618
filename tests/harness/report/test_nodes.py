"""The table of the nodes of a cluster."""

from __future__ import annotations

from netparity.protocol import Round, Run
from netparity.report.cells import ABSENT
from netparity.report.nodes import nodes
from tests.support.stored_runs import make_run, ok, timing


def rounds(*seconds: tuple[str | None, float]) -> list[Round]:
    """One round for each node and its seconds."""
    return [
        Round(
            round=number,
            order=1,
            status="ok",
            wall_seconds=2.0,
            log="runners/01-x/round-1/log.txt",
            phases={"predict": [value, value, 9.0]},  # the median counts
            node=node,
        )
        for number, (node, value) in enumerate(seconds, start=1)
    ]


def run(first: list[Round], second: list[Round]) -> Run:
    made = make_run(
        [ok("a"), ok("b")],
        timing=[timing("a", "predict", [1.0], 1.0), timing("b", "predict", [2.0], 2.0)],
    )
    return made.with_runner("a", {"rounds": first}).with_runner("b", {"rounds": second})


def test_each_node_has_its_own_seconds_and_ratios():
    made = run(
        rounds(("node 1", 1.0), ("node 2", 2.0), ("node 2", 8.0)),
        rounds(("node 1", 3.0), ("node 2", 2.0), ("node 2", 2.0)),
    )
    assert nodes(made).rows == (
        ("node 1", "a", "1", "1.00", ABSENT),
        ("node 1", "b", "1", "3.00", "3.00"),
        ("node 2", "a", "2", "4.00", ABSENT),  # the geometric mean of 2 and 8
        ("node 2", "b", "2", "2.00", "0.500"),
    )


def test_without_a_cluster_or_with_one_node_there_is_nothing_to_compare():
    for node in (None, "node 1"):
        assert nodes(run(rounds((node, 1.0)), rounds((node, 2.0)))).rows == ()
