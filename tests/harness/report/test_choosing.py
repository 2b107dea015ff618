"""Which format a reader asked for: by name, by a file's name, or neither."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from netparity.errors import UsageError
from netparity.report.choosing import CONSOLE, chosen_format, column_names


@pytest.mark.parametrize(
    ("name", "output", "chosen"),
    [
        (None, None, CONSOLE),
        ("csv", None, "csv"),
        (None, "table.tex", "latex"),
        ("tidy", "table.csv", "tidy"),
        ("markdown", "notes", "markdown"),
    ],
)
def test_the_format(name: str | None, output: str | None, chosen: str) -> None:
    assert chosen_format(name, PurePath(output) if output else None) == chosen


@pytest.mark.parametrize(("name", "output"), [("csv", "table.tex"), (None, "notes")])
def test_a_file_that_says_otherwise_or_nothing_is_refused(name: str | None, output: str) -> None:
    with pytest.raises(UsageError, match="--output"):
        chosen_format(name, PurePath(output))


def test_columns_are_named_with_commas_in_between() -> None:
    assert column_names(None) is None
    assert column_names("runner, parity,") == ("runner", "parity")
    assert column_names("") == ()
