"""Put the tables of operations, formats and the catalogue into docs/networks.md.

python harness/networks_page.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netparity.networks.facts import catalogue_facts
from netparity.networks.ops import OPS
from netparity.networks.ops.base import REQUIRED, Op
from netparity.networks.reading import READERS
from netparity.networks.writing import WRITERS
from netparity.report import networks
from netparity.report.cells import Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "networks.md"
_END = "<!-- end -->\n"


def main() -> None:
    """Rewrite the page's tables."""
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def with_tables(text: str) -> str:
    """The page with its tables as the code has them.

    Raises:
        ValueError: if the marks of a table are missing.
    """
    made = {
        "formats": formats(),
        "catalogue": networks.catalogue(catalogue_facts()),
        "operations": operations(),
    }
    for name, table in made.items():
        begin = f"<!-- {name}: made by `make networks` -->\n"
        before, mark, rest = text.partition(begin)
        _, end, after = rest.partition(_END)
        if not mark or not end:
            raise ValueError(f"{PAGE.name} lacks the marks of the table {name}")
        text = "\n".join([before + begin, *_lines(table), "", end + after])
    return text


def _lines(table: Table) -> list[str]:
    """The table in Markdown; its cells may hold Markdown themselves."""
    rule = ["---"] * table.words + ["---:"] * (len(table.headers) - table.words)
    rows = (table.headers, tuple(rule), *table.rows)
    return ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]


def operations() -> Table:
    """Every operation: what it computes, its attributes and its tensors."""
    rows = tuple(
        (f"`{op.key}`", _formula(op), _attributes(op), _tensors(op)) for op in OPS.values()
    )
    return Table("Operations", ("operation", "computes", "attributes", "tensors"), rows, words=4)


def formats() -> Table:
    """Every kind of file: whether it is read, and whether it is written."""
    rows = [(reader.title, _listed(reader.suffixes), "yes", "") for reader in READERS]
    rows += [(writer.title, writer.suffix, "", f"`{writer.name}`") for writer in WRITERS.values()]
    headers = ("file", "ending", "read", "written (`--to`)")
    return Table("Formats", headers, tuple(rows), words=4)


def _formula(op: Op) -> str:
    """The first paragraph of the operation's documentation, without its key."""
    paragraphs = (type(op).__doc__ or "").split("\n\n")
    first = " ".join(paragraphs[0].split())
    return first.removeprefix(f"`{op.key}`: ")


def _attributes(op: Op) -> str:
    return ", ".join(
        f"`{name}`" if default is REQUIRED else f"`{name}` {_value(default)}"
        for name, default in op.defaults.items()
    )


def _value(default: object) -> str:
    return f"({', '.join(map(str, default))})" if isinstance(default, tuple) else f"{default}"


def _tensors(op: Op) -> str:
    return ", ".join([*op.roles, *(f"({role})" for role in op.optional_roles)])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


if __name__ == "__main__":
    main()
