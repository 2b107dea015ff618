"""Random networks over every operation, with branches, and weights as varied as people's.

    .venv/bin/python -m benchmarks.random_graphs [--nets 500] [--seed 0] [--diagnose]

Each network is computed in float32 in several orders of summation that neither the reference nor
the noise floor uses, and judged exactly as a real run. Nothing is wrong in any of them: every
verdict but `pass`, `identical` and `inconclusive` is a false alarm, and so is every finding of a
diagnosis.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from benchmarks.random_networks import Net
from netparity.diagnosis import Search
from netparity.networks import Network, Preprocessing, checked
from netparity.networks.catalogue.build import Builder
from netparity.networks.node import Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import How, run_step
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.parity.passes import input_values, make_step
from netparity.weights import synthetic

Single = npt.NDArray[np.float32]
Generator = np.random.Generator

HARMLESS = ("pass", "identical", "inconclusive")
RUNNERS = (How(partial_sums=9), How(partial_sums=48), How(channel_order="shuffled", partial_sums=5))
MOST_VALUES = 40_000
"""Of one activation: the networks are small, so that many can be drawn."""

WEIGHT_KINDS = ("synthetic", "large", "small", "shifted kernels", "sparse", "large biases")


# Drawing -------------------------------------------------------------------------------------


class Drawing:
    """A network that grows node by node; `add_*` return whether the operation fitted.

    Attributes:
        names: of the input and every node, in order.
    """

    def __init__(self, rng: Generator) -> None:
        self.rng = rng
        size = rng.integers(9, 25, 2)
        self.build = Builder((int(size[0]), int(size[1]), 3))
        self.names = ["input"]
        self.count = 0

    def pick(self, fits: Callable[[Shape], bool] = lambda shape: True) -> str | None:
        """A node that fits, one of the last ones more often than an earlier one."""
        names = [name for name in self.names if fits(self.build.shapes[name])]
        if not names:
            return None
        back = min(len(names), int(self.rng.geometric(0.45)))
        return names[-back]

    def drawn(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return int(self.rng.integers(low, high, endpoint=True))

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of the cases does."""
        return bool(self.rng.random() < share)

    def shape(self, name: str) -> Shape:
        """The output's shape."""
        return self.build.shapes[name]

    def add(self, op: str, *inputs: str, **rest: object) -> None:
        """Append a node."""
        self.count += 1
        name = f"n{self.count}_{op}"
        self.build.add(name, op, inputs=inputs, **rest)  # type: ignore[arg-type]
        self.names.append(name)


def is_map(shape: Shape) -> bool:
    """Height x width x channels."""
    return len(shape) == 3


def is_large_map(shape: Shape) -> bool:
    """A map with room for windows."""
    return len(shape) == 3 and min(shape[:2]) >= 5


def windows(draw: Drawing, most: int) -> dict[str, tuple[int, ...]]:
    """A window with its strides and pads, smaller than the window."""
    window = (draw.drawn(1, most), draw.drawn(1, most))
    pads = [draw.drawn(0, size - 1) for size in window for _ in range(2)]
    if draw.chance(0.4):
        pads = [0, 0, 0, 0]
    elif draw.chance(0.5):
        pads = [pads[0], pads[0], pads[2], pads[2]]
    return {"window": window, "strides": (draw.drawn(1, 2),) * 2, "pads": tuple(pads)}


def convolution(draw: Drawing) -> None:
    """With groups, dilations, strides and pads, in a part of the cases."""
    name = draw.pick(is_large_map)
    if name is None:
        return
    channels = draw.shape(name)[2]
    groups = 1
    if draw.chance(0.3):
        groups = int(draw.rng.choice([g for g in (2, 3, 4, channels) if channels % g == 0] or [1]))
    units = groups * draw.drawn(1, max(1, 16 // groups))
    given = windows(draw, 4)
    height, width = given.pop("window")
    given["dilations"] = (1, 1) if draw.chance(0.8) else (2, 1)
    if given["dilations"] == (2, 1) and 2 * height > draw.shape(name)[0]:
        given["dilations"] = (1, 1)
    tensors: dict[str, Shape] = {"kernel": (height, width, channels // groups, units)}
    if draw.chance(0.8):
        tensors["bias"] = (units,)
    draw.add("conv", name, tensors=tensors, groups=groups, **given)


def transposed(draw: Drawing) -> None:
    """A transposed convolution."""
    name = draw.pick(is_map)
    if name is None or np.prod(draw.shape(name)) > 4000:
        return
    channels, units, size = draw.shape(name)[2], draw.drawn(1, 8), draw.drawn(2, 4)
    groups = 2 if channels % 2 == 0 and draw.chance(0.3) else 1
    strides, crops = (draw.drawn(1, 2),) * 2, (draw.drawn(0, 1), draw.drawn(0, 1), 0, 1)
    if strides[0] * (draw.shape(name)[0] - 1) + size <= crops[0] + crops[1]:
        crops = (crops[0], 0, *crops[2:])
    draw.add(
        "conv_transpose",
        name,
        tensors={"kernel": (size, size, units, channels), "bias": (units * groups,)},
        strides=strides,
        crops=crops,
        groups=groups,
    )


def dense(draw: Drawing) -> None:
    """On a whole map, or on a vector."""
    name = draw.pick(lambda shape: len(shape) in (1, 3) and np.prod(shape) < 8000)
    if name is not None:
        shape, units = draw.shape(name), draw.drawn(3, 40)
        tensors: dict[str, Shape] = {"kernel": (*shape, units)}
        if draw.chance(0.8):
            tensors["bias"] = (units,)
        draw.add("dense", name, tensors=tensors)


def pool(op: str) -> Callable[[Drawing], None]:
    """A pool with floor or ceil."""

    def add(draw: Drawing) -> None:
        name = draw.pick(is_large_map)
        if name is None:
            return
        rest: dict[str, object] = {**windows(draw, 4), "ceil": draw.chance(0.4)}
        if op == "average_pool":
            rest["count_padding"] = draw.chance(0.4)
        draw.add(op, name, **rest)

    return add


def plain(op: str, **attributes: Callable[[Drawing], object]) -> Callable[[Drawing], None]:
    """An operation on one input of any shape."""

    def add(draw: Drawing) -> None:
        name = draw.pick()
        assert name is not None
        draw.add(op, name, **{key: value(draw) for key, value in attributes.items()})

    return add


def on_maps(op: str, **attributes: Callable[[Drawing], object]) -> Callable[[Drawing], None]:
    """An operation on a map."""

    def add(draw: Drawing) -> None:
        if (name := draw.pick(is_map)) is not None:
            draw.add(op, name, **{key: value(draw) for key, value in attributes.items()})

    return add


def one_of(*values: float) -> Callable[[Drawing], object]:
    """One of these numbers."""
    return lambda draw: float(draw.rng.choice(values))


def per_channel(
    op: str, *roles: str, **attributes: Callable[[Drawing], object]
) -> Callable[[Drawing], None]:
    """An operation with tensors of a number for each channel."""

    def add(draw: Drawing) -> None:
        name = draw.pick()
        assert name is not None
        tensors = dict.fromkeys(roles, draw.shape(name)[-1:])
        drawn = {key: value(draw) for key, value in attributes.items()}
        draw.add(op, name, tensors=tensors, **drawn)

    return add


def combined(op: str, most: int) -> Callable[[Drawing], None]:
    """Several inputs of one shape; a division is by values of 0.5 to 8."""

    def add(draw: Drawing) -> None:
        first = draw.pick()
        assert first is not None
        alike = [name for name in draw.names if draw.shape(name) == draw.shape(first)]
        alike.remove(first)
        if op == "divide":
            by = first if not alike else str(draw.rng.choice(alike))
            draw.add("clipped_relu", by, minimum=0.5, maximum=8.0)
            draw.add(op, first, draw.names[-1])
        elif alike:
            count = draw.drawn(1, min(most - 1, len(alike)))
            others = draw.rng.choice(alike, count, replace=False)
            draw.add(op, first, *map(str, others))

    return add


def concatenation(draw: Drawing) -> None:
    """Maps of one size, or vectors, along the channels."""
    first = draw.pick()
    assert first is not None
    leading = draw.shape(first)[:-1]
    alike = [name for name in draw.names if draw.shape(name)[:-1] == leading]
    count = draw.drawn(1, min(4, len(alike)))
    chosen = [str(name) for name in draw.rng.choice(alike, count, replace=False)]
    if sum(np.prod(draw.shape(name)) for name in chosen) < MOST_VALUES:
        draw.add("concat", *chosen)


def reordered(op: str) -> Callable[[Drawing], None]:
    """Flattened, transposed or reshaped."""

    def add(draw: Drawing) -> None:
        name = draw.pick(is_map)
        if name is None:
            return
        shape = draw.shape(name)
        if op == "reshape":
            draw.add(op, name, shape=(shape[1], shape[0], shape[2]))
        else:
            draw.add(op, name, order=tuple(int(axis) for axis in draw.rng.permutation(3)))

    return add


def bordered(op: str) -> Callable[[Drawing], None]:
    """Padded or cropped rows and columns."""

    def add(draw: Drawing) -> None:
        name = draw.pick(is_large_map)
        if name is None:
            return
        sides = ((draw.drawn(0, 2), draw.drawn(0, 1)), (draw.drawn(0, 1), draw.drawn(0, 2)), (0, 0))
        if op == "crop":
            draw.add(op, name, crops=sides)
        else:
            mode = str(draw.rng.choice(["constant", "reflect", "edge"]))
            draw.add(op, name, pads=sides, mode=mode)

    return add


def resized(draw: Drawing) -> None:
    """A map of another size."""
    name = draw.pick(is_map)
    if name is None or draw.shape(name)[2] > 60:
        return
    coordinates = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    draw.add(
        "resize",
        name,
        size=(draw.drawn(1, 24), draw.drawn(1, 24)),
        method=str(draw.rng.choice(["nearest", "bilinear"])),
        coordinates=str(draw.rng.choice(coordinates)),
    )


CHOICES: Mapping[str, Callable[[Drawing], None]] = {
    "conv": convolution,
    "conv_transpose": transposed,
    "dense": dense,
    "max_pool": pool("max_pool"),
    "average_pool": pool("average_pool"),
    "global_average": on_maps("global_average", keep_dims=lambda draw: draw.chance(0.5)),
    "global_max": on_maps("global_max", keep_dims=lambda draw: draw.chance(0.5)),
    "batch_norm": per_channel(
        "batch_norm", "mean", "variance", "scale", "bias", epsilon=one_of(1e-3, 1e-4, 1.001e-5)
    ),
    "lrn": on_maps(
        "lrn",
        size=lambda draw: draw.drawn(1, 6),
        alpha=one_of(2e-5, 1e-4, 0.1),
        beta=one_of(0.75),
        kappa=one_of(1.0, 2.0),
    ),
    "relu": plain("relu"),
    "leaky_relu": plain("leaky_relu", slope=one_of(0.01, 0.1, 0.2, 0.3)),
    "clipped_relu": plain("clipped_relu"),
    "prelu": per_channel("prelu", "slope"),
    "sigmoid": plain("sigmoid"),
    "hard_sigmoid": plain("hard_sigmoid", slope=one_of(0.2, 1 / 6)),
    "swish": plain("swish"),
    "hard_swish": plain("hard_swish"),
    "elu": plain("elu"),
    "selu": plain("selu"),
    "tanh": plain("tanh"),
    "gelu": plain("gelu", approximate=lambda draw: draw.chance(0.5)),
    "softmax": plain("softmax"),
    "add": combined("add", 5),
    "multiply": combined("multiply", 4),
    "subtract": combined("subtract", 2),
    "divide": combined("divide", 2),
    "scale_shift": per_channel("scale_shift", "scale", "bias"),
    "concat": concatenation,
    "flatten": reordered("flatten"),
    "reshape": reordered("reshape"),
    "transpose": reordered("transpose"),
    "pad": bordered("pad"),
    "crop": bordered("crop"),
    "resize": resized,
    "layer_norm": per_channel("layer_norm", "scale", "bias", epsilon=one_of(1e-3, 1e-5, 1e-6)),
    "l2_norm": plain("l2_norm", epsilon=one_of(1e-6)),
    "mean": on_maps("mean", axes=lambda draw: (0, 1)),
    "dropout": plain("dropout"),
    "identity": plain("identity"),
}
"""How each operation is added to a network."""

OFTEN = ("conv", "conv", "conv", "relu", "batch_norm", "add", "concat", "max_pool")
"""What is drawn in half of the cases, as people do."""


def architecture(rng: Generator) -> Network:
    """A network of 5 to 30 nodes, several of which may read the same one."""
    draw = Drawing(rng)
    wanted = draw.drawn(5, 30)
    for _ in range(4 * wanted):
        if draw.count >= wanted:
            break
        op = str(rng.choice(OFTEN)) if draw.chance(0.5) else str(rng.choice(list(CHOICES)))
        CHOICES[op](draw)
        last = draw.names[-1]
        if np.prod(draw.shape(last)) > MOST_VALUES:
            draw.add("max_pool", last, window=(3, 3), strides=(3, 3))
    mean = (123.68, 116.779, 103.939)
    return checked(draw.build.network("random", Preprocessing(mean=mean), ()))


def draw(seed: int, number: int) -> Net:
    """The network of that number; it does not depend on how many there are."""
    rng = np.random.default_rng([seed, number, 1])
    network = architecture(rng)
    kind = str(rng.choice(WEIGHT_KINDS))
    weights = _weights(rng, network, kind)
    shape = (int(rng.integers(1, 4)), *network.image.shape)
    grey = rng.uniform(0, 255, shape)
    if rng.random() < 0.5:
        grey = (grey + np.roll(grey, 1, 1) + np.roll(grey, 1, 2)) / 3
    tensor = (grey - np.asarray(network.mean_rgb)).astype(np.float32)
    return Net(number, network, weights, tensor, kind, "noise")


def _weights(rng: Generator, network: Network, kind: str) -> dict[str, Single]:
    weights = dict(synthetic.make(network, int(rng.integers(2**31))))
    for name, values in weights.items():
        kernel, spread = name.endswith(".kernel"), float(values.std())
        if kind == "large" and kernel:
            weights[name] = values * np.float32(2)
        elif kind == "small" and kernel:
            weights[name] = values * np.float32(0.3)
        elif kind == "shifted kernels" and kernel:
            weights[name] = values + np.float32(spread * rng.uniform(-0.7, 0.7))
        elif kind == "sparse" and kernel:
            kept = rng.random(values.shape) < 0.3
            weights[name] = (values * kept * 1.8).astype(np.float32)
        elif kind == "large biases" and name.endswith(".bias"):
            weights[name] = values * np.float32(rng.uniform(5, 50))
    return weights


# Computing and judging -----------------------------------------------------------------------


def runners_of(net: Net, seed: int = 0) -> dict[str, dict[str, Single]]:
    """What sound tools would compute: each in one order, and one with an order for each node."""
    rng = np.random.default_rng([seed, net.number, 2])
    found = {}
    for number, how in enumerate((*RUNNERS, None)):
        values = input_values(net.model, net.tensor)
        for node in net.model.nodes:
            own = how or RUNNERS[rng.integers(len(RUNNERS))]
            values[node.name] = run_step(make_step(node, values, net.weights, own))
        found[f"runner {number}"] = {node.name: values[node.name] for node in net.model.features}
    return found


def alarms_of(net: Net, diagnose: bool = False) -> Iterator[str]:
    """Every false alarm over runners that have nothing wrong, in a line each."""
    passed = ReferencePass(net.model, net.weights, net.tensor)
    reference = {node.name: passed[node.name] for node in net.model.features}
    truth = Truth(net.model, net.tensor, reference, passed.floors, net.weights)
    runners = runners_of(net)
    for entry in compare_features("shared", runners, dict.fromkeys(runners, truth), Rule()):
        what = f"net {net.number} ({net.weight_kind}): {entry.label}, {entry.feature}"
        size = f"error {entry.relative_l2}, floor {entry.floor}"
        if entry.verdict not in HARMLESS:
            yield f"{what}, {entry.against}: {entry.verdict}, {size}, {entry.note or ''}"
        local = entry.local
        if local is not None and local.verdict not in HARMLESS:
            yield f"{what}, local: {local.verdict}, {local.relative_l2}, floor {local.floor}"
    if diagnose:
        search = Search(truth, Rule())
        for label, features in runners.items():
            for finding in search.diagnose(label, features, lambda name: None).findings:
                yield f"net {net.number} ({net.weight_kind}): {label}, finding at {finding.place}"


def main() -> None:
    """Draw, compute, judge, print."""
    parser = argparse.ArgumentParser(description="False alarms over random graphs.")
    parser.add_argument("--nets", type=int, default=500, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the networks (%(default)s)")
    parser.add_argument("--diagnose", action="store_true", help="diagnose every runner too")
    arguments = parser.parse_args()
    started = time.monotonic()
    drawn: Counter[str] = Counter()
    nodes = alarms = 0
    for number in range(arguments.nets):
        net = draw(arguments.seed, number)
        drawn.update(node.op for node in net.model.nodes)
        nodes += len(net.model.nodes)
        for line in alarms_of(net, arguments.diagnose):
            print(line, flush=True)
            alarms += 1
        print(f"\r{number + 1} of {arguments.nets}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(", ".join(f"{op} {count}" for op, count in drawn.most_common()))
    print(f"not drawn: {', '.join(OPS.keys() - drawn) or 'none'}")
    seconds = time.monotonic() - started
    print(f"{arguments.nets} networks, {nodes} nodes, {alarms} false alarms, {seconds:.0f} s")


if __name__ == "__main__":
    main()
