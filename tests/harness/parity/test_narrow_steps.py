"""A network that was cast, and operations that a tool joins, are still reduced precision."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from netparity.networks import Input, Network, Node
from netparity.networks.ops.base import OPS, RIGHT, How, Mistake, Step, run_step
from netparity.networks.rounding import rounded
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.parity.passes import Changes, run_nodes
from netparity.parity.precisions import is_narrow_step, storing_kinds
from netparity.protocol import ParityEntry

RNG = np.random.default_rng(7)
SHAPE = (12, 12, 16)
KERNEL = (3, 3, 16, 16)
CHANNELS = ("mean", "variance", "scale", "bias")
NETWORK = Network(
    "residual",
    (Input("x", SHAPE),),
    (
        Node("conv", "conv", ("x",), {"pads": (1, 1, 1, 1)}, {"kernel": "conv.kernel"}),
        Node(
            "bn",
            "batch_norm",
            ("conv",),
            {"epsilon": 1e-3},
            {role: f"bn.{role}" for role in CHANNELS},
        ),
        Node("lrn", "lrn", ("bn",), {"size": 5, "alpha": 0.02, "beta": 0.75, "kappa": 1.0}),
        Node("sum", "add", ("lrn", "conv")),
    ),
    {"conv.kernel": KERNEL, **{f"bn.{role}": SHAPE[2:] for role in CHANNELS}},
)
WEIGHTS = {
    "conv.kernel": RNG.normal(0, 0.1, KERNEL).astype(np.float32),
    "bn.mean": RNG.normal(0, 1, 16).astype(np.float32),
    "bn.variance": RNG.uniform(0.5, 2, 16).astype(np.float32),
    "bn.scale": RNG.uniform(0.5, 2, 16).astype(np.float32),
    "bn.bias": RNG.normal(0, 1, 16).astype(np.float32),
}
X = RNG.normal(0, 1, (1, *SHAPE)).astype(np.float32)


def computed(how: How, changes: Changes | None = None) -> dict[str, np.ndarray]:
    return {
        node.name: values.copy()
        for node, values in run_nodes(
            NETWORK.nodes, WEIGHTS, {"x": X}, how, changes or {}, [n.name for n in NETWORK.nodes]
        )
    }


def judged(features: Mapping[str, np.ndarray]) -> dict[str, ParityEntry]:
    passed = ReferencePass(NETWORK, WEIGHTS, X)
    values = {node.name: passed[node.name] for node in NETWORK.nodes}
    truth = Truth(NETWORK, X, values, passed.floors, WEIGHTS)
    entries = compare_features("shared", {"tool": features}, {"tool": truth}, Rule())
    return {entry.feature: entry for entry in entries}


@pytest.mark.parametrize("name", ["bfloat16", "float16"])
@pytest.mark.parametrize("fused", [False, True])
def test_a_network_whose_tensors_were_all_cast_is_recognised(name, fused) -> None:
    """As by `model.half()`: the statistics of batch normalisations are rounded too."""
    how = How(operands=name, storage=name, tensors=name, fused=fused)
    for entry in judged(computed(how)).values():
        assert entry.verdict == "reduced-precision", entry
        assert name in (entry.arithmetic, *entry.or_arithmetic)


def by_autocast(x: np.ndarray) -> np.ndarray:
    """Local response normalisation: the squares in bfloat16, the rest in float32."""
    squares = np.pad(rounded(x * x, "bfloat16"), ((0, 0), (0, 0), (0, 0), (2, 2)))
    total = sum(squares[..., shift : shift + 16] for shift in range(5))
    return np.asarray(x / (1 + np.float32(0.02) * total) ** 0.75, np.float32)


def test_what_autocast_computes_in_float32_from_narrow_squares_is_recognised() -> None:
    features = computed(How(operands="bfloat16", storage="bfloat16"))
    features["lrn"] = by_autocast(features["bn"])
    total = rounded(features["lrn"], "bfloat16") + features["conv"]
    features["sum"] = rounded(total, "bfloat16")
    entry = judged(features)["lrn"]
    assert entry.verdict == "reduced-precision"
    assert entry.arithmetic == "mixed-bfloat16"


def joined_sum(change: float = 0.0) -> tuple[np.ndarray, np.ndarray, Step]:
    """A sum of values before they were rounded, the correct one of the rounded ones, its step."""
    first, second = RNG.normal(0, 1, (2, 1, *SHAPE)).astype(np.float32)
    inputs = tuple(rounded(each, "bfloat16") for each in (first, second))
    step = Step(Node("sum", "add", ("a", "b")), inputs, {})
    values = rounded(first + second * np.float32(1 + change), "bfloat16")
    return values, run_step(step).astype(np.float64), step


def test_a_sum_of_values_that_were_not_yet_rounded_is_narrow_step() -> None:
    values, right, step = joined_sum()
    assert is_narrow_step(values, right, step)
    assert storing_kinds(values) == ("bfloat16", "mixed-bfloat16")


@pytest.mark.parametrize("change", [0.01, -0.01, 0.02, 1.0])
def test_a_mistake_of_the_size_of_rounding_is_not_joined(change: float) -> None:
    assert not is_narrow_step(*joined_sum(change))


def test_a_node_with_products_or_with_float32_values_is_not_joined() -> None:
    values, right, step = joined_sum()
    assert not is_narrow_step(values + np.float32(1e-6), right, step)
    assert not is_narrow_step(values, right, Step(step.node, step.inputs, {"kernel": values}))


@pytest.mark.parametrize(
    "key", [mistake.key for mistake in OPS["batch_norm"].mistakes if "epsilon" not in mistake.key]
)
def test_a_mistake_in_a_cast_network_is_no_precision(key: str) -> None:
    mistake: Mistake = next(each for each in OPS["batch_norm"].mistakes if each.key == key)
    how = How(operands="bfloat16", storage="bfloat16", tensors="bfloat16")
    entries = judged(computed(how, {"bn": (mistake,)}))
    assert entries["conv"].verdict == "reduced-precision"
    assert entries["bn"].verdict == "divergent"
    assert entries["sum"].verdict == "divergent"


def test_nothing_changes_where_nothing_is_narrow() -> None:
    """`How()` leaves every tensor and every step as it is."""
    step = Step(NETWORK.nodes[2], (X,), {}, RIGHT)
    wide = Step(NETWORK.nodes[2], (X,), {}, How(wide_results=frozenset({"lrn"})))
    assert np.array_equal(run_step(step), run_step(wide))
