"""Features of tiny networks in each kind of reduced precision, and with mistakes.

A tool is simulated with sums in another order, the bias added before or after the sums are stored,
and accumulators that are cut off, so that the roundings of activations are not those of netparity's
simulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.convolving import CONVOLVING
from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks import Network, Node
from netparity.networks.catalogue import NETWORKS
from netparity.networks.ops.base import OPS, RIGHT, Array, How, Mistake, Step
from netparity.networks.rounding import rounded
from netparity.parity import ReferencePass, Truth
from netparity.parity.passes import Changes, input_values, run_nodes
from netparity.parity.precisions.kinds import CONVOLUTIONS
from netparity.weights import synthetic

NAMES = ("vgg16-tiny", "alexnet-tiny", "resnet-tiny", "mobilenet-tiny", "googlenet-tiny")
DEPTHS = (1, 4, 8, 14)
FEWEST_VALUES = 64
"""A feature with fewer values is not judged: noise cannot be told from a mistake."""

SHRUNK = ", made smaller"
ACCUMULATORS = (0.0, 2.0**-20, 2.0**-17)
"""Relative error of a sum in a tool: none, float32's, and that of accumulators with fewer bits."""

_MIXED = frozenset(OPS) - {"softmax", "layer_norm", "l2_norm", "lrn"}
_AUTOCAST = How(narrow_ops=_MIXED | {"lrn"}, wide_results=frozenset({"lrn"}), stepwise=True)
TF32, HALF, BRAIN = How(operands="tf32"), How(operands="float16"), How(operands="bfloat16")
KINDS: Mapping[str, How] = {
    "tf32": TF32,
    "tf32-convolutions": replace(TF32, narrow_ops=CONVOLUTIONS),
    "bfloat16-products": BRAIN,
    "bfloat16": replace(BRAIN, storage="bfloat16"),
    "float16": replace(HALF, storage="float16"),
    "mixed-bfloat16": replace(BRAIN, storage="bfloat16", narrow_ops=_MIXED),
    "mixed-float16": replace(HALF, storage="float16", narrow_ops=_MIXED),
    "bfloat16-cast": replace(BRAIN, storage="bfloat16", tensors="bfloat16"),
    "float16-cast": replace(HALF, storage="float16", tensors="float16"),
    "bfloat16-autocast": replace(_AUTOCAST, operands="bfloat16", storage="bfloat16"),
    "float16-autocast": replace(_AUTOCAST, operands="float16", storage="float16"),
    "bfloat16-joined": BRAIN,
    "float16-joined": HALF,
    "bfloat16-stored": RIGHT,
    "float16-stored": RIGHT,
    "tf32x3": RIGHT,
    "bfloat16x3": RIGHT,
    "winograd": RIGHT,
    "fft": RIGHT,
    "float32": RIGHT,
}
INSTEAD = {
    "bfloat16-cast": {"bfloat16"},
    "float16-cast": {"float16"},
    "bfloat16-autocast": {"mixed-bfloat16"},
    "float16-autocast": {"mixed-float16"},
    "bfloat16-joined": {"bfloat16", "mixed-bfloat16"},
    "float16-joined": {"float16", "mixed-float16"},
    "tf32x3": {"pass"},
    "bfloat16x3": {"bfloat16x3", "fast-math", "pass"},
    "winograd": {"pass", "winograd", "fast-math"},
    "fft": {"pass", "fast-math"},
    "float32": {"pass"},
}
"""What is right to say where it is not the kind itself."""


@dataclass(frozen=True)
class Subject:
    """A network with the correct values of some nodes."""

    network: Network
    truth: Truth
    nodes: Mapping[int, Node]


def depths_of(network: Network) -> dict[str, int]:
    """The number of products on the longest way from the input to each node."""
    depth = {entry.name: 0 for entry in network.inputs}
    for node in network.nodes:
        depth[node.name] = max(depth[name] for name in node.inputs) + ("kernel" in node.tensors)
    return depth


def subject(name: str, seed: int) -> Subject:
    """A network with weights and an image of this seed."""
    network = NETWORKS[name]
    weights = synthetic.make(network, seed)
    rng = np.random.default_rng([seed, 20261126])
    shape = (1, *network.input_size, 3)
    images = rng.uniform(-120, 140, shape).astype(np.float32)
    reference = ReferencePass(network, weights, images)
    values = {node.name: reference[node.name] for node in network.features}
    depth, nodes = depths_of(network), {}
    for wanted in DEPTHS:
        fitting = [
            node
            for node in network.features
            if depth[node.name] <= wanted and values[node.name].size >= FEWEST_VALUES
        ]
        deepest = max(depth[node.name] for node in fitting)
        if deepest > wanted // 2:
            nodes[wanted] = next(node for node in fitting if depth[node.name] == deepest)
    return Subject(network, Truth(network, images, values, reference.floors, weights), nodes)


def _hardware(kind: str, rng: np.random.Generator, fused: bool) -> Mistake:
    """What a tool's products do besides `How`."""
    level = float(rng.choice(ACCUMULATORS))

    def change(step: Step) -> Step:
        storage = step.how.storage
        if fused:
            step = replace(step, how=replace(step.how, storage=None))
        if kind in ("tf32x3", "bfloat16x3") and "kernel" in step.tensors:
            step = _three_products(step, "tf32" if kind == "tf32x3" else "bfloat16")
        elif kind in CONVOLVING and _suits(step):
            values = CONVOLVING[kind](padded(step), step.tensors["kernel"])
            step = _with_sums(step, values)
        elif level and step.how.operands is not None and "kernel" in step.tensors:
            step = step.finished_by(lambda values: _cut(values, level, rng))
        return step.finished_by(lambda values: rounded(values, storage)) if fused else step

    return Mistake("hardware", "another implementation", change)


def _suits(step: Step) -> bool:
    """Whether a convolution can be computed by Winograd's or by Fourier's transform."""
    if step.node.op != "conv" or step.tensors["kernel"].shape[:2] != (3, 3):
        return False
    plain = {"strides": (1, 1), "dilations": (1, 1), "groups": 1}
    return all(step[name] == value for name, value in plain.items())


def padded(step: Step) -> Array:
    """The input of a convolution with its border of zeros."""
    top, bottom, left, right = step["pads"]
    return np.pad(step.inputs[0], ((0, 0), (top, bottom), (left, right), (0, 0)))


def _with_sums(step: Step, sums: Array) -> Step:
    """The same step with these sums instead of its own; the bias is added to them."""
    bias = step.tensors.get("bias")
    return step.finished_by(lambda values: sums if bias is None else sums + bias)


def _cut(values: Array, level: float, rng: np.random.Generator) -> Array:
    scale = float(np.sqrt(np.mean(values**2)))
    noise = rng.standard_normal(values.shape) * scale - np.sign(values) * scale
    return (values + level * noise).astype(values.dtype)


def _three_products(step: Step, part: str) -> Step:
    """Each operand in two parts; the product of the two small ones is left out."""
    x, kernel = step.inputs[0], step.tensors["kernel"]
    small = tuple(each - rounded(each, part) for each in (x, kernel))  # type: ignore[type-var]
    low = tuple(rounded(each, part) for each in small)  # type: ignore[type-var]
    high = tuple(rounded(each, part) for each in (x, kernel))  # type: ignore[type-var]
    without = {role: each for role, each in step.tensors.items() if role != "bias"}
    left_out = OPS[step.node.op].compute(
        replace(step, inputs=(low[0],), tensors={**without, "kernel": low[1]}, scratch=False)
    )
    return replace(
        step,
        inputs=(high[0] + low[0], *step.inputs[1:]),
        tensors={**step.tensors, "kernel": high[1] + low[1]},
    ).finished_by(lambda values: values - left_out)


def computed(it: Subject, how: How, changes: Changes) -> dict[str, Array]:
    """The features of the chosen nodes in float32."""
    given = input_values(it.network, it.truth.images)
    wanted = {node.name for node in it.nodes.values()}
    passed = run_nodes(it.network.nodes, it.truth.weights or {}, given, how, changes, wanted)
    return {node.name: values for node, values in passed if node.name in wanted}


def planted(it: Subject, kind: str, rng: np.random.Generator) -> Iterator[tuple[int, Node, Array]]:
    """The features of a tool that computes in this kind of precision."""
    order = str(rng.choice(["stored", "shuffled", "shuffled-again"]))
    how = replace(KINDS[kind], channel_order=order, partial_sums="short")  # type: ignore[arg-type]
    hardware = _hardware(kind, rng, bool(rng.integers(2)))
    features = computed(it, how, {node.name: (hardware,) for node in it.network.nodes})
    for depth, node in it.nodes.items():
        values = features[node.name]
        if kind.endswith(("-stored", "-joined")):
            values = rounded(values, kind.rpartition("-")[0])  # type: ignore[arg-type]
        yield depth, node, values


def structural(it: Subject, rng: np.random.Generator) -> Iterator[tuple[str, int, Node, Array]]:
    """Features with one mistake, as it is and as small as rounding, stored in each format.

    Yields:
        What was planted, and whether it was made smaller; the depth, the node and its values.
    """
    places = [
        (node, mistake)
        for node in it.network.nodes
        for mistake in mistakes_of(it.network, node)
        if not mistake.key.startswith(("precision-", "policy-"))
    ]
    node, mistake = places[int(rng.integers(len(places)))]
    features = computed(it, How(channel_order="shuffled"), {node.name: (mistake,)})
    for depth, judged in it.nodes.items():
        right, values = it.truth.reference[judged.name], features[judged.name]
        if values.shape != right.shape or not np.isfinite(values).all():
            continue
        error = values - right
        size = float(np.linalg.norm(error)) / float(np.linalg.norm(right))
        if size <= 100 * it.truth.floors[judged.name]:
            continue
        usual = float(rng.choice([3e-4, 1e-3, 3e-3, 1e-2]))
        smaller = right + error * min(1.0, usual / size)
        for stored in (None, "float16", "bfloat16"):
            for each in (values, smaller):
                made = rounded(each.astype(np.float32), stored)  # type: ignore[type-var]
                unit = {None: 0.0, "float16": 2.0**-11, "bfloat16": 2.0**-8}[stored]
                shown = float(np.linalg.norm(each - right)) / float(np.linalg.norm(right))
                if shown > max(2 * unit, 16 * it.truth.floors[judged.name]):
                    shrunk = SHRUNK if each is smaller and size > usual else ""
                    yield f"{mistake.key} at {node.name}{shrunk}", depth, judged, made
