"""Put the tables that the code knows into networks.md, runners.md and weights.md in docs/.

python harness/page_tables.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netparity.networks.facts import catalogue_facts
from netparity.networks.ops import OPS
from netparity.networks.ops.base import REQUIRED, Op
from netparity.networks.reading import READERS
from netparity.networks.writing import WRITERS
from netparity.report import networks
from netparity.report.cells import Table
from netparity.runners import RUNNERS, Runner
from netparity.weights import FORMATS

DOCS = Path(__file__).resolve().parents[1] / "docs"
_END = "<!-- end -->\n"


def main() -> None:
    """Rewrite the pages' tables."""
    for name, tables in pages().items():
        page = DOCS / name
        page.write_text(with_tables(page.read_text(encoding="utf-8"), tables), encoding="utf-8")


def pages() -> dict[str, dict[str, Table]]:
    """Every page with its tables by the names of their marks."""
    return {
        "networks.md": {
            "formats": formats(),
            "catalogue": networks.catalogue(catalogue_facts()),
            "operations": operations(),
        },
        "runners.md": {"runners": runners()},
        "weights.md": {"brought": brought(), "written": written()},
    }


def with_tables(text: str, tables: Mapping[str, Table]) -> str:
    """A page with its tables as the code has them.

    Raises:
        ValueError: if the marks of a table are missing.
    """
    for name, table in tables.items():
        begin = f"<!-- {name}: made by `make tables` -->\n"
        before, mark, rest = text.partition(begin)
        _, end, after = rest.partition(_END)
        if not mark or not end:
            raise ValueError(f"the page lacks the marks of the table {name}")
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


def brought() -> Table:
    """Every kind of file that can be given as weights, by tool."""
    rows = [(reader.tool, reader.brought, _listed(reader.suffixes), "yes") for reader in READERS]
    rows += [
        (format_.tool, format_.brought, _listed(format_.suffixes), "")
        for format_ in FORMATS
        if format_.tool
    ]
    rows.sort(key=lambda row: row[0].lower())
    return Table("Files", ("tool", "file", "ending", "states its network"), tuple(rows), words=4)


def written() -> Table:
    """Every format that weights can be written in."""
    rows = tuple(
        (
            f"`{format_.name}`",
            format_.title,
            format_.suffixes[0],
            "any" if format_.any_network else "VGG",
        )
        for format_ in FORMATS
        if format_.write is not None
    )
    return Table("Formats", ("name (`--to`)", "file", "ending", "networks"), rows, words=4)


def runners() -> Table:
    """Every runner: what it loads, and its keys."""
    rows = tuple((f"`{kind.name}`", _loads(kind), _keys(kind)) for kind in RUNNERS)
    return Table("Runners", ("runner", "loads", "keys"), rows, words=3)


def _loads(kind: type[Runner]) -> str:
    writer = kind(kind.name).writer
    if writer is not None:
        network = writer.title
    else:
        network = "a network built from the graph, node by node" if kind.network_format else ""
    if not kind.weights_format:
        return network or "what its keys say"
    own = f"VGG networks: the tool's own, with weights as {kind.weights_format}"
    return f"{own}; others: {network}" if network else own


def _keys(kind: type[Runner]) -> str:
    return ", ".join(
        f"`{key}={'|'.join(option.choices) or '…'}`" for key, option in kind.options.items()
    )


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
