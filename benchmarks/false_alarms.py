"""How often parity raises an alarm over runs that have nothing wrong.

    .venv/bin/python -m benchmarks.false_alarms [--nets 300] [--seed 0] [--tools ...] [--out FILE]

Small VGG networks of random architecture get random weights (He-normal and eight ways to differ
from it, as trained networks do) and one to three random images; every tool that can run here
computes all layers of each, many networks in one process (`tests/planted`). The features are then
judged exactly as those of a real run. Nothing is wrong in any of them, so every verdict other than
`pass` and `identical` is a false alarm; `inconclusive`, where agreement would show nothing, raises
none and is counted apart.

Three kinds of verdict are counted:

    inherited   a layer's error against the reference, over the noise floor
    local       the same given the tool's own previous layer, over that layer's own floor
    pair        two tools against each other, over twice the floor

What the tables show of a verdict is its ratio, error over floor, which is an alarm where it exceeds
the rule's factor. `--keep` saves the features, so that another rule can be tried on them within a
minute or so: it reads them back instead of running the tools.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.batches import available, computed
from benchmarks.printing import PERCENT, percentiles, print_nets, short, table, write
from benchmarks.random_networks import Net, draw
from benchmarks.verdicts import Judged, judged
from netparity.parity import FLOOR_FACTOR
from tests.planted.batch import TOOLS

Single = npt.NDArray[np.float32]
FACTORS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
WORST = 12


# Tables --------------------------------------------------------------------------------------


SCOPES = ("inherited", "local", "pair")


def print_alarms(verdicts: Sequence[Judged], nets: Sequence[Net]) -> None:
    """How many alarms, and where."""
    rows = []
    for scope in SCOPES:
        of_scope = [v for v in verdicts if v.scope == scope]
        alarms = [v for v in of_scope if v.alarm]
        rows.append(
            (
                scope,
                len(of_scope),
                len(alarms),
                len({v.net for v in alarms}),
                sum(v.verdict == "inconclusive" for v in of_scope),
                ", ".join(f"{n} {name}" for name, n in Counter(v.verdict for v in alarms).items()),
            )
        )
    heads = ("verdicts", "judged", "alarms", "nets", "inconclusive", "")
    table(f"False alarms of {len(nets)} networks, factor {FLOOR_FACTOR:g}", heads, rows)


def print_ratios(verdicts: Sequence[Judged]) -> None:
    """The distribution of error / floor."""
    heads = ("", "count", *(f"{p:g} %" for p in PERCENT))
    for scope in SCOPES:
        of_scope = [v for v in verdicts if v.scope == scope]
        groups: dict[str, list[float]] = {}
        for v in of_scope:
            pair = f"{short(v.tool)} : {short(v.against)}"
            groups.setdefault(pair if scope == "pair" else short(v.tool), []).append(v.ratio)
        for kind in ("conv", "pool", "hidden dense", "prob"):
            groups[kind] = [v.ratio for v in of_scope if v.kind == kind]
        groups["all"] = [v.ratio for v in of_scope]
        rows = [(name, len(ratios), *percentiles(ratios)) for name, ratios in groups.items()]
        table(f"Error / floor, {scope}", heads, rows)


def print_factors(verdicts: Sequence[Judged]) -> None:
    """Alarms as the factor would have them."""
    rows: list[tuple[object, ...]] = []
    for scope in SCOPES:
        of_scope = [v for v in verdicts if v.scope == scope]
        rows.append((scope, *(sum(v.ratio > factor for v in of_scope) for factor in FACTORS)))
    rows.append(
        ("nets with any", *(len({v.net for v in verdicts if v.ratio > f}) for f in FACTORS))
    )
    table("Alarms if the factor were", ("verdicts", *FACTORS), rows)


def print_kinds(verdicts: Sequence[Judged], nets: Sequence[Net]) -> None:
    """Largest ratios by what the network is like."""
    by_number = {net.number: net for net in nets}
    for title, kind_of in (
        ("weights", lambda net: net.weight_kind),
        ("input", lambda net: net.input_kind),
    ):
        rows = []
        for kind in sorted({kind_of(net) for net in nets}):
            row: list[object] = [kind, sum(kind_of(net) == kind for net in nets)]
            for scope in SCOPES:
                ratios = [
                    v.ratio
                    for v in verdicts
                    if v.scope == scope and kind_of(by_number[v.net]) == kind
                ]
                row += percentiles(ratios, (99, 100))
            rows.append(row)
        heads = (title, "nets", *(f"{scope} {p}" for scope in SCOPES for p in ("99 %", "100 %")))
        table(f"Error / floor by {title}", heads, rows)


def print_worst(verdicts: Sequence[Judged], nets: Sequence[Net]) -> None:
    """The largest ratio of each network and scope."""
    numbers: set[int] = set()
    for scope in SCOPES:
        rows = []
        seen: set[int] = set()
        for v in sorted(verdicts, key=lambda v: -v.ratio):
            if v.scope != scope or v.net in seen:
                continue
            seen.add(v.net)
            numbers.add(v.net)
            error = "" if v.error is None else f"{v.error:.1e}"
            floor = "" if v.floor is None else f"{v.floor:.1e}"
            pair = "" if scope != "pair" else f" : {short(v.against)}"
            tool = short(v.tool) + pair
            rows.append((tool, v.net, v.layer, v.ratio, error, floor, v.verdict, v.note or ""))
            if len(rows) == WORST:
                break
        heads = ("tool", "net", "layer", "ratio", "error", "floor", "verdict", "")
        table(f"Worst, {scope}", heads, rows)
    print_nets(nets, numbers)


def arguments_of(description: str, nets: int) -> argparse.ArgumentParser:
    """What this script and `missed_faults.py` have in common."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--nets", type=int, default=nets, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the networks (%(default)s)")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, help="all that can run here")
    parser.add_argument("--jobs-per-batch", type=int, default=50, help="per process (%(default)s)")
    parser.add_argument("--out", type=Path, help="JSON file for everything measured")
    return parser


def main() -> None:
    """Run, judge, print."""
    parser = arguments_of("False alarms over runs that have nothing wrong.", 300)
    parser.add_argument("--keep", type=Path, help="folder to save features in, and to reuse them")
    arguments = parser.parse_args()
    tools = arguments.tools or available()
    if arguments.keep is not None:
        arguments.keep = arguments.keep / f"seed-{arguments.seed}"
        arguments.keep.mkdir(parents=True, exist_ok=True)

    started = time.monotonic()
    nets = [draw(arguments.seed, number) for number in range(arguments.nets)]
    verdicts: list[Judged] = []
    for net, features in computed(nets, tools, arguments.jobs_per_batch, arguments.keep):
        verdicts += judged(net, features)
        print(f"\r{net.number + 1} of {len(nets)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    print_alarms(verdicts, nets)
    print_factors(verdicts)
    print_ratios(verdicts)
    print_kinds(verdicts, nets)
    print_worst(verdicts, nets)
    print(f"\n{', '.join(tools)}: {time.monotonic() - started:.0f} s")
    if arguments.out is not None:
        settings = {"seed": arguments.seed, "tools": tools, "factor": FLOOR_FACTOR}
        write(arguments.out, settings, nets, verdicts)


if __name__ == "__main__":
    main()
