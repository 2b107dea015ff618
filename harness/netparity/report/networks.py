"""Tables about networks, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.networks.diff import Diff
from netparity.networks.facts import NetworkFacts, NodeFacts
from netparity.networks.graph import Preprocessing, Shape
from netparity.networks.matching.sentences import listed, value
from netparity.report.cells import Table
from netparity.report.visible import log_lines

_GIGA = 1e9


def facts(found: NetworkFacts) -> list[str]:
    """Facts about a network as a whole, a line each."""
    known = ""
    if found.known not in (None, found.name):
        known = f", the same structure as {found.known}"
    elif found.begins is not None:
        known = f", the same structure as {found.begins[0]} up to {found.begins[1]}"
    lines = [
        f"network     {found.name}{known}",
        f"read from   {found.origin or 'the catalogue'}",
        f"input       {', '.join(_shape(shape) for shape in found.inputs.values())}",
        f"image       {preprocessing(found.preprocessing)}",
        f"parameters  {found.parameters:,}",
        f"products    {found.flops / _GIGA:.3g} GFLOP an image (2 for each multiplication and sum)",
    ]
    lines += [*tools(found), *(f"note        {note}" for note in found.notes)]
    return log_lines(lines)


def tools(found: NetworkFacts) -> list[str]:
    """A line for each tool: whether it can run the network, and which nodes not."""
    lines = []
    for title, lacks in found.lacks.items():
        if not lacks:
            lines.append(f"tool        {title} can run every node")
            continue
        reasons: dict[str, list[str]] = {}
        for lack in lacks:
            reasons.setdefault(f"({lack.op}): {lack.reason}", []).append(lack.node)
        parts = "; ".join(f"{listed(nodes)} {reason}" for reason, nodes in reasons.items())
        lines.append(f"tool        {title} cannot run {parts}")
    return lines


def preprocessing(expected: Preprocessing | None) -> str:
    """What is done to an image first, in words."""
    if expected is None:
        return "not stated"
    parts = [f"channels {expected.order}", f"values x {expected.scale:.6g}"]
    if expected.mean_image is not None:
        parts.append("minus a mean image")
    elif any(expected.mean):
        parts.append(f"minus {value(expected.mean)}")
    if any(number != 1 for number in expected.deviation):
        parts.append(f"divided by {value(expected.deviation)}")
    size = "" if expected.resize is None else f" to {_shape(expected.resize)}, then cropped"
    aspect = ", proportions kept" if expected.keep_aspect else ""
    return f"{', '.join(parts)}; resized{size} ({expected.filter}{aspect})"


def nodes(found: NetworkFacts, wide: bool) -> Table:
    """A row for each node, or for each layer where a tool computes several nodes in one.

    Args:
        wide: also show attributes, and what is read where it is not the row before.
    """
    rows = []
    inner: list[NodeFacts] = []
    before = next(iter(found.inputs))
    for node in found.nodes:
        if node.inner:
            inner.append(node)
            continue
        parts = [each for each in inner if each.name in node.inputs] + [node]
        inner = []
        read = list(parts[0].inputs)
        more = (_attributes(parts), "" if read == [before] else listed(read)) if wide else ()
        parameters = sum(part.parameters for part in parts)
        flops = sum(part.flops for part in parts)
        rows.append(
            (
                *(node.name, ", ".join(part.title for part in parts), *more, _shape(node.shape)),
                f"{parameters:,}" if parameters else "",
                f"{flops / _GIGA:.3g}" if flops else "",
            )
        )
        before = node.name
    headers = ("node", "operation", *(("attributes", "reads") if wide else ()))
    words = len(headers)
    return Table("Nodes", (*headers, "shape", "parameters", "GFLOP"), tuple(rows), words)


def catalogue(found: Sequence[NetworkFacts]) -> Table:
    """Every network of the catalogue in a row."""
    rows = tuple(
        (
            each.name,
            " ".join(_shape(shape) for shape in each.inputs.values()),
            f"{len(each.nodes):,}",
            f"{each.parameters:,}",
            f"{each.flops / _GIGA:.3g}",
        )
        for each in found
    )
    headers = ("network", "input", "operations", "parameters", "GFLOP")
    return Table("Networks of the catalogue", headers, rows, words=2)


def differences(found: Diff, first: str, second: str, most: int) -> list[str]:
    """The result of a comparison, a line each; at most `most` differences."""
    lines = [f"A is {first}", f"B is {second}", found.summary]
    lines += [f"  {sentence}" for sentence in found.differences[:most]]
    if len(found.differences) > most:
        lines.append(f"  and {len(found.differences) - most} more (--json lists them all)")
    lines += [f"note: {remark}" for remark in found.remarks]
    return log_lines(lines)


def _attributes(parts: Sequence[NodeFacts]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value(given)}"
        for part in parts
        for name, given in part.attributes.items()
    )


def _shape(shape: Shape) -> str:
    return "×".join(map(str, shape))
