"""What a transfer shows: how well each tool's classifier does on every tool's features."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from netparity.report.cells import ABSENT, Table
from netparity.report.markdown import escape, table_lines


@dataclass(frozen=True)
class Share:
    """So many of so many, and the 95 % interval of that share."""

    count: int
    total: int
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.count / self.total


@dataclass(frozen=True)
class Cell:
    """A classifier trained on one runner's features, tested on another's (or its own).

    Attributes:
        changed: predictions that are others than on the features of the runner trained on.
        distance: relative L2 between the two runners' features, over all images.
    """

    trained_on: str
    tested_on: str
    accuracy: Share
    changed: Share
    distance: float


@dataclass(frozen=True)
class Transfer:
    """A transfer that has ended.

    Attributes:
        classes: images by class.
        chance: accuracy of always naming the most frequent class.
        skipped: how many images could not be read.
        cells: by input: `shared` (the same tensors) or `native` (each tool's own preprocessing).
        failures: by runner, why it has no features.
    """

    name: str
    title: str
    synthetic: bool
    feature: str
    classes: Mapping[str, int]
    trained: int
    tested: int
    chance: float
    skipped: int
    cells: Mapping[str, Sequence[Cell]]
    codes: Mapping[str, str]
    failures: Mapping[str, str]


_INPUTS = {
    "shared": "the same tensors for every tool",
    "native": "each tool's own preprocessing",
}


def tables(transfer: Transfer) -> Iterator[Table]:
    """For each input the accuracies and the predictions that change."""
    for kind in transfer.cells:
        yield accuracy_table(transfer, kind)
        yield changes_table(transfer, kind)


def accuracy_table(transfer: Transfer, kind: str) -> Table:
    """Rows are trained on, columns tested on."""
    title = f"Accuracy, {_INPUTS[kind]} ({transfer.title})"
    return _matrix(transfer.cells[kind], title, lambda cell: _percent(cell.accuracy))


def changes_table(transfer: Transfer, kind: str) -> Table:
    """How many predictions change when the features come from another tool."""
    title = f"Predictions of {transfer.tested} that change (relative distance of the features)"

    def words(cell: Cell) -> str:
        same = cell.trained_on == cell.tested_on
        return ABSENT if same else f"{cell.changed.count} ({cell.distance:.1e})"

    return _matrix(transfer.cells[kind], f"{title}, {_INPUTS[kind]}", words)


def _matrix(cells: Sequence[Cell], title: str, words: Callable[[Cell], str]) -> Table:
    labels = list(dict.fromkeys(cell.trained_on for cell in cells))
    by_pair = {(cell.trained_on, cell.tested_on): cell for cell in cells}
    rows = tuple((row, *(words(by_pair[row, column]) for column in labels)) for row in labels)
    return Table(title, ("trained on ↓", *labels), rows)


def _percent(share: Share) -> str:
    low, high = (100 * end for end in share.interval)
    return f"{100 * share.value:.1f} % ({low:.1f}–{high:.1f})"


def remarks(transfer: Transfer) -> Iterator[str]:
    """What a reader has to know; a sentence each."""
    for kind in transfer.cells:
        yield conclusion(transfer, kind)
    of_all = sum(transfer.classes.values())
    yield (
        f"{of_all} images of {len(transfer.classes)} classes, {transfer.trained} to train on and "
        f"{transfer.tested} to test with; naming the most frequent class always would be right in "
        f"{100 * transfer.chance:.1f} %. Intervals: 95 %, after Wilson."
    )
    if transfer.synthetic:
        yield "The weights are synthetic: the accuracy is that of random features."
    if transfer.skipped:
        images = "1 image" if transfer.skipped == 1 else f"{transfer.skipped} images"
        yield f"{images} could not be read: see skipped.csv."
    for label, code in transfer.codes.items():
        yield f"{label}: {code}."
    for label, reason in transfer.failures.items():
        yield f"{label} has no features: {reason}"


def conclusion(transfer: Transfer, kind: str) -> str:
    """Whether any prediction changes, in a sentence."""
    others = [cell for cell in transfer.cells[kind] if cell.trained_on != cell.tested_on]
    begin = _INPUTS[kind][0].upper() + _INPUTS[kind][1:]
    if not others:
        return f"{begin}: a single tool has features: there is nothing to compare."
    worst = max(others, key=lambda cell: cell.changed.count)
    if worst.changed.count == 0:
        high = 100 * max(cell.changed.interval[1] for cell in others)
        return (
            f"{begin}: no prediction changes with the tool, none of {transfer.tested} in any of "
            f"{len(others)} pairs (so at most {high:.2g} % of such images)."
        )
    low, high = (100 * end for end in worst.changed.interval)
    return (
        f"{begin}: predictions change with the tool, at worst {worst.changed.count} of "
        f"{transfer.tested} ({low:.2g}–{high:.2g} %), trained on {worst.trained_on} and tested on "
        f"{worst.tested_on}."
    )


def as_markdown(transfer: Transfer) -> str:
    """The transfer as Markdown."""
    parts = [f"# netparity: {escape(transfer.name)}", ""]
    for table in tables(transfer):
        parts += [f"## {escape(table.title)}", "", *table_lines(table), ""]
    parts += [*(f"- {escape(sentence)}" for sentence in remarks(transfer)), ""]
    return "\n".join(parts)


def as_csv(transfer: Transfer) -> str:
    """One row per pair (RFC 4180), full precision."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            *("input", "trained_on", "tested_on", "tested", "correct"),
            *("accuracy", "accuracy_low"),
            *("accuracy_high", "changed", "changed_low", "changed_high", "relative_l2"),
        ]
    )
    pairs = ((kind, cell) for kind, cells in transfer.cells.items() for cell in cells)
    for kind, cell in pairs:
        right, changed = cell.accuracy, cell.changed
        writer.writerow(
            [
                *(kind, cell.trained_on, cell.tested_on, right.total, right.count, right.value),
                *(*right.interval, changed.count, *changed.interval, cell.distance),
            ]
        )
    return text.getvalue()


def as_json(transfer: Transfer) -> str:
    """Everything, for programs."""
    return json.dumps({"schema_version": 1, **asdict(transfer)}, indent=1) + "\n"


FILES = {"transfer.md": as_markdown, "transfer.csv": as_csv, "transfer.json": as_json}
"""Every file of a transfer, by name, and what renders it."""
