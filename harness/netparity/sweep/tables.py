"""The tables of a sweep: one row per runner and setting, and which setting wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from netparity.report.cells import ABSENT, Table, seconds, with_interval
from netparity.report.markdown import escape, items, sections
from netparity.report.rows import csv_text, json_text

CSV_FILE, MARKDOWN_FILE, JSON_FILE = "sweep.csv", "sweep.md", "sweep.json"


@dataclass(frozen=True)
class Row:
    """One runner under one setting.

    Attributes:
        label: the runner as the user would write it.
        setting: the label without the data format, which is the same over the whole grid.
        predict_seconds: of the whole batch.
        images_per_second: None if the features failed parity.
    """

    run_id: str
    model: str
    label: str
    setting: str
    batch: int
    threads: int
    data_format: str | None
    parity: str
    processes: int
    predict_seconds: float | None = None
    predict_low: float | None = None
    predict_high: float | None = None
    images_per_second: float | None = None
    images_per_second_low: float | None = None
    images_per_second_high: float | None = None
    peak_rss_bytes: int | None = None


@dataclass(frozen=True)
class Sweep:
    """A judged sweep.

    Attributes:
        title: model, weights and images.
        rows: tidy, one per runner, batch size, number of threads and data format.
        winners: sentences: which setting wins, and how certain that is.
    """

    name: str
    title: str
    rows: Sequence[Row]
    winners: Sequence[str]


def table(sweep: Sweep) -> Table:
    """Seconds, and images per second with their intervals, as text."""
    headers = ("runner", "parity", "batch", "threads", "predict, s", "images/s")
    return Table(sweep.title, headers, tuple(_cells(row) for row in sweep.rows), words=2)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.setting} / {row.data_format}" if row.data_format else row.setting,
        row.parity,
        str(row.batch),
        str(row.threads),
        seconds(row.predict_seconds) if row.predict_seconds is not None else ABSENT,
        _speed(row.images_per_second, row.images_per_second_low, row.images_per_second_high),
    )


def _speed(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ABSENT
    return with_interval(value, (low, high) if low is not None and high is not None else None)


def as_markdown(sweep: Sweep) -> str:
    """The sweep as Markdown."""
    parts = [f"# netparity: {escape(sweep.name)}", "", *sections([table(sweep)])]
    return "\n".join([*parts, "## Which setting wins", "", *items(sweep.winners), ""])


def as_csv(sweep: Sweep) -> str:
    """The rows as CSV (RFC 4180), in full precision, with an empty cell for a missing value."""
    return csv_text([field.name for field in fields(Row)], (asdict(row) for row in sweep.rows))


def as_json(sweep: Sweep) -> str:
    """Everything that the sweep holds, as JSON."""
    return json_text(sweep)


FILES = {CSV_FILE: as_csv, MARKDOWN_FILE: as_markdown, JSON_FILE: as_json}
"""Every file of a sweep by its name, and the function that renders it."""
