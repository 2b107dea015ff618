"""The input of every exporter: one or several stored runs, and what to show of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netparity.errors import UsageError
from netparity.protocol import PHASES, Run
from netparity.report.cells import Table
from netparity.report.columns import COLUMNS, DEFAULT_COLUMNS
from netparity.results.folder import RunFolder


@dataclass(frozen=True)
class Choice:
    """What to show.

    Attributes:
        phase: the phase whose seconds, ratio and verdict the first table shows.
        feature: the feature whose error it shows; None for each runner's worst.
        columns: columns of the first table, by their names in `report.columns.COLUMNS`, or of a
            format of rows, by its own headers; None for the default.
    """

    phase: str = "predict"
    feature: str | None = None
    columns: tuple[str, ...] | None = None

    def check(self, runs: Sequence[Run]) -> None:
        """Refuse a choice that the runs do not hold.

        Raises:
            UsageError: naming the value and the possible ones.
        """
        features = list(dict.fromkeys(layer for run in runs for layer in run.settings.layers))
        expect("--phase", self.phase, PHASES)
        if self.feature is not None:
            expect("--feature", self.feature, features)
        if self.columns is not None and not self.columns:
            raise UsageError(f"--columns is empty; choose from {', '.join(COLUMNS)}")

    @property
    def table_columns(self) -> tuple[str, ...]:
        """Columns of the first table.

        Raises:
            UsageError: if there is no such column.
        """
        for column in self.columns or ():
            expect("--columns", column, COLUMNS)
        return self.columns or DEFAULT_COLUMNS


@dataclass(frozen=True)
class Document:
    """Runs in the order given, and what to show of them.

    Attributes:
        folders: of the runs, with their features where these were kept.
        choice: what to show.
        across: tables that compare the runs with each other.
        remarks: sentences about these comparisons.
        page: the folder in which a page of them will lie, so that it can link to their files;
            None if that is not known.
    """

    runs: tuple[Run, ...]
    folders: tuple[RunFolder | None, ...] = ()
    choice: Choice = field(default_factory=Choice)
    across: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()
    page: Path | None = None

    @classmethod
    def of(cls, run: Run, folder: RunFolder | None = None) -> Document:
        """One run, shown with the defaults."""
        return cls((run,), (folder,))

    def folder(self, position: int) -> RunFolder | None:
        """The folder of the run at this position; None if it is in memory only."""
        return self.folders[position] if position < len(self.folders) else None


def expect(option: str, value: str, known: Collection[str]) -> None:
    """Refuse an unknown value.

    Raises:
        UsageError: naming the option, the value and the possible ones.
    """
    if value not in known:
        raise UsageError(f"{option} {value!r} is not one of {', '.join(known)}")
