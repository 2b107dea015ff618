"""Tables in a terminal, percentiles, and a JSON file of everything measured."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.random_networks import Net

PERCENT = (50, 90, 99, 99.9, 100)


def short(tool: str) -> str:
    """A tool's name for a narrow column."""
    return tool.replace("[data_format=channels_first]", " c-first")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows below a title; the first column to the left, the others to the right."""
    cells = [list(map(str, heads)), *(list(map(_cell, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}\n")
    for row in cells:
        aligned = [row[0].ljust(widths[0])]
        aligned += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  " + "  ".join(aligned).rstrip())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 100 else f"{value:.3g}"
    return str(value)


def percentiles(ratios: Sequence[float], percent: Sequence[float] = PERCENT) -> list[float]:
    """Of what was measured, not between; infinite ratios are the largest."""
    ordered = sorted(ratios)
    if not ordered:
        return [math.nan] * len(percent)
    return [ordered[max(0, math.ceil(p / 100 * len(ordered)) - 1)] for p in percent]


def print_nets(nets: Sequence[Net], numbers: Collection[int]) -> None:
    """What the networks of these numbers are."""
    print("\nThe networks of these\n")
    for net in nets:
        if net.number in numbers:
            print(f"  {net}")


def write(path: Path, settings: Mapping[str, object], nets: Sequence[Net], rows: list) -> None:
    """Everything measured; infinite ratios as null."""
    finite = [
        {name: None if value == math.inf else value for name, value in asdict(row).items()}
        for row in rows
    ]
    lines = ",\n".join(json.dumps(row) for row in finite)
    head = json.dumps({**settings, "nets": [str(net) for net in nets]}, indent=1)
    path.write_text(f'{head[:-2]},\n "verdicts": [\n{lines}\n]}}\n')
