"""What an experiment found: its tables and remarks, printed as text or shown in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Generic, TypeVar

from netparity.report.cells import Table
from netparity.report.plain import table_lines
from netparity.report.visible import visible

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, repr=False)
class Findings(Generic[T_co]):
    """The outcome of an experiment; `print` and a notebook's cell show its tables.

    Attributes:
        result: the numbers behind the tables.
        tables: as text cells.
        remarks: sentences on them.
        folder: where everything is stored; None for what is not stored.
    """

    result: T_co
    tables: tuple[Table, ...]
    remarks: tuple[str, ...]
    folder: Path | None

    def __repr__(self) -> str:
        lines: list[str] = []
        for table in self.tables:
            lines += [visible(table.title), *table_lines(table), ""]
        return "\n".join([*lines, *(f"• {visible(remark)}" for remark in self.remarks)]).rstrip()

    __str__ = __repr__

    def _repr_html_(self) -> str:
        # The classes keep MathJax, which notebooks load, from typesetting labels as formulas.
        return f'<pre class="tex2jax_ignore mathjax_ignore">{escape(repr(self))}</pre>'
