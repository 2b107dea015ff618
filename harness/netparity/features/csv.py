"""CSV and its like: numbers between commas, semicolons, tabs or blanks."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.features.text import read_text
from netparity.features.variable import Variable
from netparity.files.source import Source

NAME = "CSV"
SUFFIXES = (".csv", ".tsv", ".txt", ".dat")

_COMMENTS = ("#", "%")
_SHOWN = 40


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format: text does not say."""
    return False


def variables(source: Source) -> list[Variable]:
    """The table as one array of rows x columns, without a name.

    A header may stand above it. If the header's first cell is empty, as pandas and R write it,
    the first column is an index and dropped.

    Raises:
        InputError: if a cell is not a number, or the rows differ in length.
    """
    path = source.path
    lines = _cells(read_text(path), path)
    top = [line for _, line in zip(range(2), lines, strict=False)]
    index = False
    if top and _is_header(top[0][1], alone=len(top) == 1):
        index = top.pop(0)[1][0] == ""
    width = 0
    values = array("d")
    for number, cells in chain(top, lines):
        row = _numbers(cells[index:], number, path)
        width = width or len(row)
        if len(row) != width:
            raise InputError(
                f"features {path}: line {number:,} has {len(row):,} numbers, those before it "
                f"have {width:,}; expected rows of equal length"
            )
        values.extend(row)
    if not values:
        raise InputError(f"features {path} hold no line of numbers; expected rows as 0.5,0,1.25")
    table = np.array(values).reshape(-1, width)
    return [Variable(None, table.shape, lambda: table)]


def _cells(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every line that is neither empty nor a comment, with its number, cut into cells."""
    delimiter: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        if delimiter is None:
            delimiter = next((mark for mark in "\t;," if mark in line.strip()), " ")
        if delimiter == " ":
            yield number, [cell.strip('"') for cell in line.split()]
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error as error:
            raise InputError(
                f"features {path}: line {number:,} is not a row of cells: {error}"
            ) from None
        if len(cells) > 1 and not cells[-1]:
            cells.pop()  # some tools end every line with a delimiter
        yield number, cells


def _is_header(cells: Sequence[str], alone: bool) -> bool:
    """Names, or the numbers that pandas gives to columns without a name."""
    if cells[0] == "":
        return True
    if not alone and len(cells) > 1 and list(cells) == [str(place) for place in range(len(cells))]:
        return True
    return all(_number(cell) is None for cell in cells)


def _numbers(cells: Sequence[str], line: int, path: Path) -> list[float]:
    values = []
    for column, cell in enumerate(cells, start=1):
        value = _number(cell)
        if value is None:
            raise InputError(
                f"features {path}: line {line:,}, cell {column:,} is {cell[:_SHOWN]!r}; expected "
                "real numbers with a decimal point, nan or inf"
            )
        values.append(value)
    return values


def _number(cell: str) -> float | None:
    """The value of a cell, or None; unlike in Python, 1_000 is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None
