"""The tables of a transfer: the accuracy of each tool's classifier on every tool's features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netparity.report.cells import ABSENT, Table, counted
from netparity.report.markdown import escape, items, sections
from netparity.report.rows import csv_text, json_text


@dataclass(frozen=True)
class Share:
    """A count out of a total, and the 95 % interval of that fraction."""

    count: int
    total: int
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """The fraction, between 0 and 1."""
        return self.count / self.total


@dataclass(frozen=True)
class Cell:
    """A classifier trained on one runner's features and tested on a runner's, maybe the same.

    Attributes:
        changed: predictions that differ from those on the features of `trained_on`.
        distance: relative L2 distance between the two runners' features, over all images.
    """

    trained_on: str
    tested_on: str
    accuracy: Share
    changed: Share
    distance: float


@dataclass(frozen=True)
class Transfer:
    """A finished transfer.

    Attributes:
        classes: number of images by class.
        chance: accuracy of always predicting the most frequent class.
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


_COLUMNS = (
    *("input", "trained_on", "tested_on", "tested", "correct"),
    *("accuracy", "accuracy_low", "accuracy_high"),
    *("changed", "changed_low", "changed_high", "relative_l2"),
)
_INPUTS = {
    "shared": "the same tensors for every tool",
    "native": "each tool's own preprocessing",
}


def tables(transfer: Transfer) -> Iterator[Table]:
    """For each input, the accuracies and the changed predictions."""
    for kind in transfer.cells:
        yield accuracy_table(transfer, kind)
        yield changes_table(transfer, kind)


def accuracy_table(transfer: Transfer, kind: str) -> Table:
    """Accuracies: a row for each runner trained on, a column for each tested on."""
    title = f"Accuracy, {_INPUTS[kind]} ({transfer.title})"
    return _matrix(transfer.cells[kind], title, lambda cell: _percent(cell.accuracy))


def changes_table(transfer: Transfer, kind: str) -> Table:
    """How many predictions change if the features come from another tool."""
    title = f"Changed predictions of {transfer.tested} (relative L2 distance of the features)"

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
    """Sentences that a reader needs to interpret the tables."""
    for kind in transfer.cells:
        yield conclusion(transfer, kind)
    images = sum(transfer.classes.values())
    yield (
        f"{images} images in {len(transfer.classes)} classes, {transfer.trained} for training and "
        f"{transfer.tested} for testing. Always predicting the most frequent class would have an "
        f"accuracy of {100 * transfer.chance:.1f} %. Intervals: 95 %, Wilson's method."
    )
    if transfer.synthetic:
        yield "The weights are synthetic: the accuracy is that of random features."
    if transfer.skipped:
        yield f"{counted(transfer.skipped, 'image')} could not be read: see skipped.csv."
    for label, code in transfer.codes.items():
        yield f"{label}: {code}."
    for label, reason in transfer.failures.items():
        yield f"{label} has no features: {reason}"


def conclusion(transfer: Transfer, kind: str) -> str:
    """Whether any prediction changes, in a sentence."""
    others = [cell for cell in transfer.cells[kind] if cell.trained_on != cell.tested_on]
    begin = _INPUTS[kind][0].upper() + _INPUTS[kind][1:]
    if not others:
        return f"{begin}: only one tool has features, so there is nothing to compare."
    worst = max(others, key=lambda cell: cell.changed.count)
    if worst.changed.count == 0:
        high = 100 * max(cell.changed.interval[1] for cell in others)
        return (
            f"{begin}: no prediction depends on the tool; none of {transfer.tested} changes in any "
            f"of {len(others)} pairs (95 % interval: at most {high:.2g} %)."
        )
    low, high = (100 * end for end in worst.changed.interval)
    return (
        f"{begin}: predictions depend on the tool; up to {worst.changed.count} of "
        f"{transfer.tested} change ({low:.2g}–{high:.2g} %), trained on {worst.trained_on} and "
        f"tested on {worst.tested_on}."
    )


def as_markdown(transfer: Transfer) -> str:
    """The transfer as Markdown."""
    parts = [f"# netparity: {escape(transfer.name)}", "", *sections(tables(transfer))]
    return "\n".join([*parts, *items(remarks(transfer)), ""])


def as_csv(transfer: Transfer) -> str:
    """One row per pair (RFC 4180), in full precision."""
    pairs = ((kind, cell) for kind, cells in transfer.cells.items() for cell in cells)
    return csv_text(_COLUMNS, (_row(kind, cell) for kind, cell in pairs))


def _row(kind: str, cell: Cell) -> dict[str, object]:
    accuracy, changed = cell.accuracy, cell.changed
    values = (
        *(kind, cell.trained_on, cell.tested_on, accuracy.total, accuracy.count, accuracy.value),
        *(*accuracy.interval, changed.count, *changed.interval, cell.distance),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def as_json(transfer: Transfer) -> str:
    """Everything that the transfer holds, as JSON."""
    return json_text(transfer)


FILES = {"transfer.md": as_markdown, "transfer.csv": as_csv, "transfer.json": as_json}
"""Every file of a transfer by its name, and the function that renders it."""
