"""How far the nodes of a cluster differ, on which the rounds of a run were done."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from netparity.protocol import Run, RunnerRecord
from netparity.report.cells import ABSENT, Table, three_digits


def nodes(run: Run) -> Table:
    """A row per node and runner: seconds there, and its ratio to the runner of the ratios."""
    names = sorted({each.node for record in run.runners for each in record.rounds if each.node})
    rows = [row for node in names for row in _rows(run, node)] if len(names) > 1 else []
    headers = ("node", "runner", "rounds", "predict, s", "ratio there")
    return Table("Nodes: ratios are taken within a node", headers, tuple(rows), 2)


def _rows(run: Run, node: str) -> Iterator[tuple[str, ...]]:
    # The one that the others are compared with has a ratio, of 1, and no verdict.
    base = next(
        (
            each.label
            for each in run.timing
            if (each.phase, each.verdict, each.ratio_to_reference) == ("predict", None, 1.0)
        ),
        None,
    )
    means = {record.label: _seconds(record, node) for record in run.runners}
    for record in run.runners:
        seconds = means[record.label]
        if not seconds:
            continue
        mean = math.exp(sum(map(math.log, seconds)) / len(seconds))
        against = means.get(base or "") or []
        ratio = ABSENT
        if against and record.label != base:
            ratio = three_digits(mean / math.exp(sum(map(math.log, against)) / len(against)))
        yield node, record.label, str(len(seconds)), three_digits(mean), ratio


def _seconds(record: RunnerRecord, node: str) -> list[float]:
    """The medians of a runner's processes on a node; zero seconds are left out."""
    found = [
        median(each.phases["predict"])
        for each in record.rounds
        if each.node == node and each.status == "ok" and each.phases.get("predict")
    ]
    return [each for each in found if each > 0]
