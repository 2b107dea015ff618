"""How far above the noise floor real faults stand: up to which factor parity still sees them.

    .venv/bin/python -m benchmarks.missed_faults [--nets 40] [--seed 0] [--tools ...] [--out FILE]

The random networks of `false_alarms.py`, in every tool that can run here, each with one fault at a
time: those that change the numbers least (operands in TF32, bfloat16 or float16), faults of a
single layer drawn at random, and other weights. A weight that is one unit in the last place off
(`one-ulp`) must not be seen. A fault that leaves every feature of a tool bit for bit what it was
without it, such as a missing bias of a dead layer, is counted as such and not judged.

Of each network and tool, three ratios of error over floor are shown:

    end      inherited, of the network's output
    local    at the layer of the fault; the largest one for a fault of the whole network
    largest  of any layer, inherited or local: what decides whether the fault is seen at all
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.batches import available, run_tools
from benchmarks.false_alarms import FACTORS, arguments_of
from benchmarks.printing import percentiles, print_nets, short, table, write
from benchmarks.random_networks import Net, draw
from benchmarks.verdicts import Judged, Single, judged
from netparity.parity import FLOOR_FACTOR, ReferencePass, Truth
from netparity.weights import synthetic
from tests.planted.batch import Case
from tests.planted.plants import ALL, Plant, places

FAULTS = (
    "precision-tf32",
    "precision-bfloat16",
    "precision-float16",
    "bias-missing",
    "kernels-rotated",
    "kernels-transposed",
    "padding-valid",
    "relu-missing",
    "pool-average",
    "pool-padding",
    "flatten-chw",
    "weights-other",
    "one-ulp",
)
MUST_PASS = ("one-ulp",)
PERCENT = (0, 1, 10, 50)
MISSED = 12


@dataclass(frozen=True)
class Seen:
    """How one fault of one network looks in one tool.

    Attributes:
        largest: ratio of the layer `at`, which decides.
        scope: inherited or local, of that ratio.
    """

    net: int
    tool: str
    fault: str
    place: str
    end: float
    local: float
    largest: float
    at: str
    scope: str


def plants_of(net: Net, faults: Sequence[str], seed: int) -> list[Plant]:
    """One of each kind of fault that fits the network, at a place drawn at random."""
    rng = np.random.default_rng([seed, net.number, 1])
    drawn = []
    for fault in faults:
        fitting = [place for place in places(fault, net.model) if place != ALL]
        fitting = fitting or places(fault, net.model)
        if fitting:
            drawn.append(Plant(fault, str(rng.choice(fitting))))
    return drawn


def without_effect(clean: Mapping[str, Single], spoilt: Mapping[str, Single]) -> bool:
    """Whether every layer is what it was."""
    return all(np.array_equal(clean[name], spoilt[name]) for name in clean)


def seen(net: Net, plant: Plant, tool: str, verdicts: Sequence[Judged]) -> Seen:
    """The ratios of one fault."""
    end = net.model.layers[-1].name
    inherited = {v.layer: v.ratio for v in verdicts if v.scope == "inherited"}
    local = {v.layer: v.ratio for v in verdicts if v.scope == "local"}
    largest = max(verdicts, key=lambda v: v.ratio)
    return Seen(
        net=net.number,
        tool=tool,
        fault=plant.mistake,
        place=plant.place,
        end=inherited[end],
        local=local[plant.place] if plant.place in local else max(local.values()),
        largest=largest.ratio,
        at=largest.layer,
        scope=largest.scope,
    )


def truth_of(net: Net) -> Truth:
    """The reference and its floors, kept to be read many times."""
    read = ReferencePass(net.model, net.weights, net.tensor)
    reference = {layer.name: read[layer.name] for layer in net.model.layers}
    return Truth(net.model, net.tensor, reference, read.floors, net.weights)


def measured(
    nets: Sequence[Net], tools: Sequence[str], faults: Sequence[str], seed: int
) -> tuple[list[Seen], Counter[str]]:
    """All faults of some networks; how many of each kind were without effect."""
    todo: list[tuple[Net, Plant | None]] = []
    cases: list[Case] = []
    for net in nets:
        other = synthetic.make(net.model, seed + 1)
        for plant in (None, *plants_of(net, faults, seed)):
            todo.append((net, plant))
            plants = () if plant is None else (plant,)
            cases.append(Case(net.model, net.weights, net.tensor, plants, other_weights=other))
    truths = {net.number: truth_of(net) for net in nets}
    found, idle = [], Counter()
    for tool, results in run_tools(dict.fromkeys(tools, cases)):
        clean: Mapping[str, Single] = {}
        for (net, plant), result in zip(todo, results, strict=True):
            if result.error:
                raise SystemExit(f"{tool}, {plant}, net {net}: {result.error}")
            if plant is None:
                clean = result.shared
            elif without_effect(clean, result.shared):
                idle[plant.mistake] += 1
            else:
                verdicts = list(judged(net, {tool: result.shared}, truths[net.number]))
                found.append(seen(net, plant, tool, verdicts))
    return found, idle


def print_ratios(found: Sequence[Seen], idle: Counter[str]) -> None:
    """The least that a fault stands above the floor."""
    by_fault = defaultdict(list)
    for item in found:
        by_fault[item.fault].append(item)
    for what in ("end", "local", "largest"):
        rows = [
            (
                fault,
                len(items),
                idle[fault],
                *percentiles([getattr(item, what) for item in items], (*PERCENT, 100)),
            )
            for fault, items in by_fault.items()
        ]
        heads = ("fault", "judged", "idle", "least", *(f"{p} %" for p in PERCENT[1:]), "most")
        table(f"Error / floor, {what}", heads, rows)


def nearest(found: Sequence[Seen]) -> list[Seen]:
    """The faults that are hardest to see."""
    faults = [item for item in found if item.fault not in MUST_PASS]
    return sorted(faults, key=lambda item: item.largest)[:MISSED]


def print_missed(found: Sequence[Seen]) -> None:
    """How many are below which factor, and which come nearest."""
    rows = []
    for fault in dict.fromkeys(item.fault for item in found):
        ratios = [item.largest for item in found if item.fault == fault]
        name = f"{fault} (seen)" if fault in MUST_PASS else fault
        below = [sum(ratio <= factor for ratio in ratios) for factor in FACTORS]
        if fault in MUST_PASS:
            below = [len(ratios) - count for count in below]
        rows.append((name, len(ratios), *below))
    table("Missed if the factor were", ("fault", "judged", *FACTORS), rows)

    heads = ("fault", "net", "tool", "end", "local", "largest", "at")
    rows = [
        (
            f"{item.fault} at {item.place}",
            item.net,
            short(item.tool),
            item.end,
            item.local,
            item.largest,
            f"{item.at}, {item.scope}",
        )
        for item in nearest(found)
    ]
    table("Nearest to the floor", heads, rows)


def main() -> None:
    """Run, judge, print."""
    parser = arguments_of("How far above the noise floor real faults stand.", 40)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=FAULTS, help="which")
    parser.set_defaults(jobs_per_batch=150)
    arguments = parser.parse_args()
    tools = arguments.tools or available()

    started = time.monotonic()
    nets = [draw(arguments.seed, number) for number in range(arguments.nets)]
    at_once = max(1, arguments.jobs_per_batch // (1 + len(arguments.faults)))
    found: list[Seen] = []
    idle: Counter[str] = Counter()
    for start in range(0, len(nets), at_once):
        batch = nets[start : start + at_once]
        more, unseen = measured(batch, tools, arguments.faults, arguments.seed)
        found += more
        idle += unseen
        print(f"\r{batch[-1].number + 1} of {len(nets)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    print_ratios(found, idle)
    print_missed(found)
    print_nets(nets, {item.net for item in nearest(found)})
    print(f"\n{', '.join(tools)}: {time.monotonic() - started:.0f} s")
    if arguments.out is not None:
        settings = {"seed": arguments.seed, "tools": tools, "factor": FLOOR_FACTOR}
        write(arguments.out, settings, nets, found)


if __name__ == "__main__":
    main()
