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
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.models import Model
from netparity.models.vgg import MEAN_RGB, vgg
from netparity.parity import FLOOR_FACTOR, ReferencePass, Rule, Truth, compare_features, degeneracy
from netparity.parity.compare import REFERENCE
from netparity.protocol import ParityEntry
from netparity.runners import RUNNERS, create_runners
from netparity.runners.environments import Environments
from netparity.weights import synthetic
from tests.planted.batch import TOOLS, Case, CaseResult, run_cases

Single = npt.NDArray[np.float32]
Features = dict[str, Single]
Generator = np.random.Generator

FACTORS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
PERCENT = (50, 90, 99, 99.9, 100)
WEIGHT_KINDS = (
    "he-normal",
    "large",
    "small",
    "shifted kernels",
    "sparse",
    "heavy-tailed",
    "large biases",
    "negative biases",
    "uneven channels",
)
INPUT_KINDS = ("noise", "smooth", "sample image", "nearly constant", "black border")
ALARMLESS = ("pass", "identical", "inconclusive")
WORST = 12


@dataclass(frozen=True)
class Net:
    """A random network with an input."""

    number: int
    model: Model
    weights: Mapping[str, Single]
    tensor: Single
    weight_kind: str
    input_kind: str

    def __str__(self) -> str:
        blocks = " ".join("-".join(map(str, block)) for block in self.model.blocks)
        dense = "-".join(map(str, (*self.model.dense, self.model.classes)))
        size = "x".join(map(str, self.model.input_size))
        return (
            f"{self.number}: {blocks} | {dense} on {len(self.tensor)} x {size}, "
            f"{self.weight_kind}, {self.input_kind}"
        )


@dataclass(frozen=True)
class Judged:
    """One verdict.

    Attributes:
        scope: inherited, local or pair.
        against: `reference`, or the other tool of a pair.
        kind: of the layer: conv, pool, hidden dense or prob.
        ratio: error over floor, over twice the floor for a pair; infinite where the verdict is
            `error` or where the floor is of a layer that is zero.
        note: on the reference, where it is degenerate.
    """

    net: int
    tool: str
    scope: str
    against: str
    layer: str
    kind: str
    verdict: str
    error: float | None
    floor: float | None
    ratio: float
    note: str | None

    @property
    def alarm(self) -> bool:
        """Whether a user would be told of it."""
        return self.verdict not in ALARMLESS


# Random networks -----------------------------------------------------------------------------


def draw(seed: int, number: int) -> Net:
    """The network of that number; it does not depend on how many there are."""
    rng = np.random.default_rng([seed, number])
    model = _architecture(rng)
    weight_kind, input_kind = str(rng.choice(WEIGHT_KINDS)), str(rng.choice(INPUT_KINDS))
    weights = _weights(rng, model, weight_kind)
    raw = np.stack([_image(rng, input_kind, model) for _ in range(rng.integers(1, 4))])
    tensor = raw.astype(np.float32) - np.float32(MEAN_RGB)
    return Net(number, model, weights, tensor, weight_kind, input_kind)


def _architecture(rng: Generator) -> Model:
    blocks = [
        [int(width) for width in rng.integers(2, 25, rng.integers(1, 4))]
        for _ in range(rng.integers(2, 6))
    ]
    _avoid_cubes(blocks)
    dense = tuple(int(units) for units in rng.integers(8, 65, rng.integers(1, 3)))
    # Every pool divides evenly: of an odd map MatConvNet's padded pools keep one row more.
    step = 2 ** len(blocks)
    size = rng.integers(32 // step, 96 // step, 2, endpoint=True) * step
    if rng.random() < 0.5:
        size[:] = size[0]
    classes = int(rng.integers(3, 21))
    return vgg("random", tuple(map(tuple, blocks)), dense, classes, (int(size[0]), int(size[1])))


def _avoid_cubes(blocks: list[list[int]]) -> None:
    """No kernel of 3 x 3 x 3 x 3: Keras 2 with channels_first turns it round while loading.

    Of a file without a `keras_version` it transposes every kernel, and transposes it back only
    where the shape shows that it was wrong to.
    """
    channels = 3
    for block in blocks:
        for index, width in enumerate(block):
            if channels == width == 3:
                block[index] = 4
            channels = block[index]


def _weights(rng: Generator, model: Model, kind: str) -> dict[str, Single]:
    """He-normal ones changed; the logits' scale, which decides how sharp prob is, is random."""
    weights = synthetic.make(model, int(rng.integers(2**31)))
    layers = model.parametric_layers
    sharpness = np.float32(np.exp(rng.uniform(0, math.log(64))))
    weights[layers[-1].kernel] *= sharpness
    weights[layers[-1].bias] *= sharpness
    for layer in layers:
        kernel, bias = weights[layer.kernel], weights[layer.bias]
        spread = float(kernel.std())
        if kind == "large":
            kernel *= np.float32(3)
        elif kind == "small":
            kernel *= np.float32(0.2)
            bias *= np.float32(0.2)
        elif kind == "shifted kernels":
            kernel += np.float32(spread * rng.uniform(-0.7, 0.7))
        elif kind == "sparse":
            kernel *= rng.random(kernel.shape) < 0.15
            kernel *= np.float32(2.5)
        elif kind == "heavy-tailed":
            kernel[...] = rng.standard_t(1.5, kernel.shape) * spread / 3
        elif kind == "large biases":
            bias += np.float32(rng.uniform(50, 500))
        elif kind == "negative biases":
            bias -= np.float32(rng.uniform(0, 60))
        elif kind == "uneven channels":
            kernel *= np.exp(rng.normal(0, 1.5, kernel.shape[3])).astype(np.float32)
    return weights


def _image(rng: Generator, kind: str, model: Model) -> npt.NDArray[np.floating]:
    """H x W x RGB, 0 to 255."""
    height, width = model.input_size
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3)).astype(np.float32)
    if kind == "sample image":
        picture = Image.open(SAMPLE_IMAGE).convert("RGB").resize((width, height))
        return np.asarray(picture, np.float32)[:, :: int(rng.choice([1, -1]))]
    if kind == "nearly constant":
        return rng.integers(0, 256, 3) + rng.normal(0, 0.01, (height, width, 3))
    few = rng.integers(0, 256, (int(rng.integers(2, 9)), int(rng.integers(2, 9)), 3), np.uint8)
    picture = Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)
    image = np.asarray(picture, np.float32).copy()
    if kind == "black border":
        edge = int(rng.integers(1, min(height, width) // 3))
        inside = np.zeros_like(image)
        inside[edge:-edge, edge:-edge] = image[edge:-edge, edge:-edge]
        return inside
    return image


# Features ------------------------------------------------------------------------------------


def available() -> list[str]:
    """The tools that can run on this machine."""
    found = []
    for tool in TOOLS:
        (runner,) = create_runners([tool], RUNNERS)
        if runner.availability(Environments()).available:
            found.append(tool)
    return found


def computed(
    nets: Sequence[Net], tools: Sequence[str], jobs_per_batch: int, keep: Path | None
) -> Iterator[tuple[Net, dict[str, Features]]]:
    """Every network with what each tool made of it, batch after batch."""
    for start in range(0, len(nets), jobs_per_batch):
        batch = nets[start : start + jobs_per_batch]
        made = _run(batch, tools, keep)
        for net in batch:
            yield (
                net,
                {tool: made.get((net.number, tool)) or _load(net, tool, keep) for tool in tools},
            )


def _run(
    nets: Sequence[Net], tools: Sequence[str], keep: Path | None
) -> dict[tuple[int, str], Features]:
    """What was not kept."""
    wanted = {tool: [net for net in nets if not _kept(net, tool, keep)] for tool in tools}
    cases = {
        tool: [Case(net.model, net.weights, net.tensor) for net in missing]
        for tool, missing in wanted.items()
        if missing
    }
    made: dict[tuple[int, str], Features] = {}
    for tool, results in run_tools(cases):
        for net, result in zip(wanted[tool], results, strict=True):
            if result.error:
                raise SystemExit(f"{tool}, net {net}: {result.error}")
            if keep is not None:
                np.savez(_file(net, tool, keep), **result.shared)
            made[net.number, tool] = result.shared
    return made


def run_tools(
    cases: Mapping[str, Sequence[Case]], at_once: int = 2
) -> Iterator[tuple[str, list[CaseResult]]]:
    """Run each tool on its cases, two tools at a time."""
    with (
        tempfile.TemporaryDirectory(prefix="netparity-") as folder,
        ThreadPoolExecutor(at_once) as pool,
    ):
        folders = [Path(folder, str(index)) for index in range(len(cases))]
        yield from zip(cases, pool.map(run_cases, cases, cases.values(), folders), strict=True)


def _file(net: Net, tool: str, keep: Path) -> Path:
    return keep / f"{net.number:05d}-{tool.replace('=', '-')}.npz"


def _kept(net: Net, tool: str, keep: Path | None) -> bool:
    return keep is not None and _file(net, tool, keep).exists()


def _load(net: Net, tool: str, keep: Path | None) -> Features:
    assert keep is not None
    with np.load(_file(net, tool, keep)) as arrays:
        return {layer.name: arrays[layer.name] for layer in net.model.layers}


# Verdicts ------------------------------------------------------------------------------------


def judged(
    net: Net, features: Mapping[str, Mapping[str, Single]], truth: Truth | None = None
) -> Iterator[Judged]:
    """All verdicts of one network, as parity gives them."""
    truth = truth or ReferencePass.truth(net.model, net.weights, net.tensor)
    truths = dict.fromkeys(features, truth)
    layers = {layer.name: layer for layer in net.model.layers}
    for entry in compare_features("shared", features, truths, Rule()):
        layer = layers[entry.feature]
        kind = {"conv": "conv", "pool": "pool"}.get(layer.kind, "hidden dense")
        if layer.activation == "softmax":
            kind = "prob"
        # The last layer read may be read again, and entries come layer by layer.
        note = degeneracy(truth.reference[entry.feature])
        yield from _verdicts(net, entry, kind, note)


def _verdicts(net: Net, entry: ParityEntry, kind: str, note: str | None) -> Iterator[Judged]:
    inherited = entry.against == REFERENCE
    scale = 1 if inherited else 2
    base = {"net": net.number, "tool": entry.label, "layer": entry.feature, "kind": kind}
    yield Judged(
        **base,
        scope="inherited" if inherited else "pair",
        against=entry.against,
        verdict=entry.verdict,
        error=entry.relative_l2,
        floor=entry.floor,
        ratio=_ratio(entry.relative_l2, entry.floor, entry.max_abs, scale),
        note=note or (None if entry.verdict == "identical" else entry.note),
    )
    if entry.local is not None:
        local = entry.local
        yield Judged(
            **base,
            scope="local",
            against=entry.against,
            verdict=local.verdict,
            error=local.relative_l2,
            floor=local.floor,
            ratio=_ratio(local.relative_l2, local.floor, None, 1),
            note=note,
        )


def _ratio(error: float | None, floor: float | None, max_abs: float | None, scale: int) -> float:
    if error is None:
        return 0.0 if max_abs == 0 else math.inf
    if error == 0:
        return 0.0
    return error / (scale * floor) if floor else math.inf


# Tables --------------------------------------------------------------------------------------


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
