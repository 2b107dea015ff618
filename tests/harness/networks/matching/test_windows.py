"""Whatever spelling of padding, strides and rounding is called the same computes the same."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from netparity.networks import GraphError, Network
from netparity.networks.matching import compare
from tests.support.graph_jobs import Array, Sketch, evaluate

KERNEL = np.random.default_rng(3).normal(size=(3, 3, 2, 2)).astype(np.float32)
ASPECTS = {
    "op": lambda r: str(r.choice(["conv", "max_pool", "average_pool"])),
    "window": lambda r: tuple(map(int, r.integers(1, 4, 2))),
    "strides": lambda r: tuple(map(int, r.integers(1, 4, 2))),
    "dilations": lambda r: tuple(map(int, r.integers(1, 3, 2))) if r.random() < 0.3 else (1, 1),
    "pads": lambda r: tuple(map(int, r.integers(0, 2, 4))),
    "layer": lambda r: tuple(map(int, r.integers(0, 2, 4))) if r.random() < 0.6 else None,
    "value": lambda r: float(r.choice([0, 0, 0, 1])),
    "ceil": lambda r: bool(r.random() < 0.5),
    "count_padding": lambda r: bool(r.random() < 0.5),
    "before": lambda r: bool(r.random() < 0.5),
    "after": lambda r: bool(r.random() < 0.5),
    "end": lambda r: str(r.choice(["", "", "mean", "global_average"])),
}


def sketch(size: tuple[int, int], aspects: dict[str, Any]) -> tuple[Network, dict[str, Array]]:
    """Padding as a layer, a window and activations, with these settings."""
    s = Sketch((*size, 2))
    last = s.add("before", "relu") if aspects["before"] else "input"
    if aspects["layer"] is not None:
        top, bottom, left, right = aspects["layer"]
        pads = ((top, bottom), (left, right), (0, 0))
        last = s.add("layer", "pad", last, pads=pads, value=aspects["value"])
    op, window = aspects["op"], aspects["window"]
    settings = {name: aspects[name] for name in ("strides", "dilations", "pads")}
    if op == "conv":
        tensors = {"kernel": KERNEL[: window[0], : window[1]]}
        last = s.add("window", "conv", last, tensors=tensors, **settings)
    else:
        settings |= {"window": window, "ceil": aspects["ceil"]}
        if op == "average_pool":
            settings["count_padding"] = aspects["count_padding"]
        last = s.add("window", op, last, **settings)
    if aspects["after"]:
        last = s.add("after", "relu", last)
    if aspects["end"]:
        s.add("end", aspects["end"], last, **({"axes": (0, 1)} if aspects["end"] == "mean" else {}))
    return s.network(), s.tensors


@pytest.mark.parametrize("seed", range(12))
def test_what_is_called_the_same_computes_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = (int(random.integers(2, 5)), int(random.integers(2, 5)))
    common = {name: draw(random) for name, draw in ASPECTS.items()}
    made = []
    for _ in range(60):
        changed = random.choice([name for name in ASPECTS if name != "op"], 2)
        try:
            made.append(sketch(size, common | {name: ASPECTS[name](random) for name in changed}))
        except GraphError:
            continue  # a window larger than its input
    x = random.normal(size=(1, *size, 2))
    outputs = [evaluate(network, arrays, x)[network.nodes[-1].name] for network, arrays in made]
    for (first, _), (second, _) in itertools.combinations(enumerate(made), 2):
        if compare(made[first][0], made[second][0]).same:
            expected = outputs[second].reshape(outputs[first].shape)
            np.testing.assert_allclose(outputs[first], expected, rtol=1e-12, atol=1e-12)


def same(**changes: Any) -> bool:
    """Whether a pool of 2 x 2 at every second place is the same with these changes."""
    usual = {"op": "max_pool", "window": (2, 2), "strides": (2, 2), "dilations": (1, 1)}
    usual |= {"pads": (0, 0, 0, 0), "layer": None, "value": 0.0, "ceil": False, "end": ""}
    usual |= {"count_padding": False, "before": True, "after": False}
    size = changes.pop("size", (6, 6))
    first = changes.pop("first", {})
    return compare(sketch(size, usual | first)[0], sketch(size, usual | changes)[0]).same


def test_padding_that_no_window_reaches_has_no_effect() -> None:
    """As in MatConvNet's VGG, whose pools are padded at the bottom and right."""
    assert same(pads=(0, 1, 0, 1))
    assert not same(pads=(0, 1, 0, 1), size=(7, 7))


def test_rounding_up_is_padding_at_the_end() -> None:
    assert same(ceil=True)
    assert same(ceil=True, first={"pads": (0, 1, 0, 1)}, size=(7, 7))
    assert not same(ceil=True, size=(7, 7))


def test_zeros_before_a_maximum_are_padding_only_if_nothing_is_negative() -> None:
    padded = {"pads": (1, 1, 1, 1), "window": (3, 3)}
    layer = {"layer": (1, 1, 1, 1), "window": (3, 3)}
    assert same(first=padded, **layer)
    assert not same(first=padded | {"before": False}, **layer, before=False)
    assert not same(first=padded, **layer, value=1.0)


def test_zeros_before_an_average_count() -> None:
    padded = {"op": "average_pool", "pads": (1, 1, 1, 1), "window": (3, 3)}
    layer = {"op": "average_pool", "layer": (1, 1, 1, 1), "window": (3, 3)}
    assert same(first=padded | {"count_padding": True}, **layer)
    assert not same(first=padded, **layer)


def test_a_pool_of_the_whole_map_is_a_global_one() -> None:
    average = {"op": "average_pool", "window": (4, 4)}
    assert same(size=(4, 4), first=average, **average, end="mean")
