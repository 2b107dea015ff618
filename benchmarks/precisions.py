"""How often each kind of reduced precision is named rightly, and a mistake is called precision.

    .venv/bin/python -m benchmarks.precisions [--seeds 10] [--seed 0] [--mistakes 10]

Features of five tiny networks, 1, 4, 8 and 14 layers behind the input, are computed as a tool would
in each kind of reduced precision: with sums in another order, the bias added before or after the
sums are stored, and accumulators that are cut off, so that the roundings of activations are not
those of the simulation. A kind is named rightly if it is among the kinds that the verdict gives.

Known mistakes at random nodes are planted as well, as they are and made smaller until their error
is as large as that of TF32 or bfloat16; stored as float32, float16 or bfloat16. None may be called
reduced precision.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.precision_cases import (
    DEPTHS,
    INSTEAD,
    KINDS,
    NAMES,
    SHRUNK,
    Subject,
    planted,
    structural,
    subject,
)
from netparity.networks import Node
from netparity.networks.ops.base import Array
from netparity.parity import Rule, compare_features
from netparity.protocol import ParityEntry


def verdict(it: Subject, node: Node, values: Array) -> ParityEntry:
    """The verdict on one feature alone."""
    features = {"tool": {node.name: values}}
    [entry] = compare_features("shared", features, {"tool": it.truth}, Rule())
    return entry


def said(entry: ParityEntry) -> tuple[str, ...]:
    """The kinds that a verdict names, or the verdict."""
    if entry.verdict != "reduced-precision":
        return (entry.verdict,)
    return (str(entry.arithmetic), *entry.or_arithmetic)


def without_effect(it: Subject, kind: str, node: Node, values: Array) -> bool:
    """Whether a kind leaves a feature correct, or is another kind there."""
    right = it.truth.reference[node.name]
    error = float(np.linalg.norm(values - right)) / float(np.linalg.norm(right))
    return error <= 8 * it.truth.floors[node.name] and kind not in INSTEAD


def print_called(mistakes: Mapping[bool, int], called: Mapping[bool, Sequence[str]]) -> None:
    """The mistakes that were called reduced precision, as they are and made smaller."""
    for shrunk, size in ((False, "as they are"), (True, "made as small as rounding")):
        found = called[shrunk]
        print(f"mistakes {size} called reduced precision: {len(found)} of {mistakes[shrunk]}")
        for text in found[:40]:
            print(f"  {text}")


def main() -> None:
    """Plant, judge, count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=10, help="weights and images per network")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mistakes", type=int, default=10, help="per network and seed")
    parser.add_argument("--networks", nargs="+", default=NAMES)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    arguments = parser.parse_args()
    started = time.monotonic()
    right: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    wrong: Counter[str] = Counter()
    mistakes: Counter[bool] = Counter()
    called: dict[bool, list[str]] = {False: [], True: []}
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        for number, name in enumerate(arguments.networks):
            it, rng = subject(name, seed), np.random.default_rng([seed, number])
            for kind in arguments.kinds:
                for depth, node, values in planted(it, kind, rng):
                    names = said(verdict(it, node, values))
                    if without_effect(it, kind, node, values):
                        continue
                    counts = right[kind, depth]
                    counts[0] += 1
                    good = bool(INSTEAD.get(kind, {kind}) & set(names))
                    counts[1] += good
                    counts[2] += len(names) == 1
                    if not good:
                        wrong[f"{kind} {depth} {name} {node.name}: {' or '.join(names)}"] += 1
            for _ in range(arguments.mistakes):
                for title, depth, node, values in structural(it, rng):
                    shrunk = title.endswith(SHRUNK)
                    mistakes[shrunk] += 1
                    entry = verdict(it, node, values)
                    if entry.verdict == "reduced-precision":
                        called[shrunk].append(
                            f"{name} {title}, {depth} deep: {said(entry)} {entry.relative_l2}"
                        )
    print(f"{'kind':20} " + " ".join(f"{depth:>14}" for depth in DEPTHS))
    for kind in arguments.kinds:
        cells = [right[kind, depth] for depth in DEPTHS]
        print(f"{kind:20} " + " ".join(f"{good:>6} of {n:<4}" for n, good, _ in cells))
    total = [sum(each[place] for each in right.values()) for place in range(3)]
    print(f"named rightly: {total[1]} of {total[0]}; one kind alone was named in {total[2]}")
    for text, count in wrong.most_common(40):
        print(f"  {count} x {text}")
    print_called(mistakes, called)
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
