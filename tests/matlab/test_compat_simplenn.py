"""vl_simplenn and vl_simplenn_tidy: results, what is kept, and layers computed in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.support.octave_process import OctaveError, cell

Call = Callable[[list[tuple]], list]
RANDOM_NETS = 24


def conv(random: np.random.Generator, channels: int, k: int, **fields: object) -> dict[str, Any]:
    window = tuple(int(v) for v in random.integers(1, 4, 2))
    f = random.standard_normal((*window, channels, k)).astype(np.float32)
    b = random.standard_normal((1, k)).astype(np.float32)
    weights = cell([f, b if random.random() < 0.7 else np.zeros((0, 0), np.float32)])
    return {"type": "conv", "weights": weights, "pad": 1.0} | fields


def random_net(seed: int) -> tuple[dict[str, Any], np.ndarray]:
    """Convolutions, each followed by what a network might have there, and an input for it."""
    random = np.random.default_rng(seed)
    channels = int(random.integers(1, 6))
    x = random.standard_normal((*random.integers(12, 40, 2), channels, random.integers(1, 4)))
    layers: list[dict[str, Any]] = []
    for _ in range(3):
        k = int(random.integers(1, 8))
        layers.append(conv(random, channels, k, precious=bool(random.random() < 0.2)))
        channels = k
        if random.random() < 0.8:
            leak = float(random.choice([0.0, 0.0, 0.2]))
            layers.append({"type": "relu", "leak": leak, "precious": bool(random.random() < 0.2)})
        if random.random() < 0.8:
            side = float(random.choice([2, 2, 3]))
            layers.append(
                {
                    "type": "pool",
                    "method": str(random.choice(["max", "max", "avg"])),
                    "pool": side,
                    "stride": float(random.choice([side, side, 1])),
                    "pad": np.array([[0, 1, 0, 1]]) * float(random.integers(0, 2)),
                }
            )
    return {"layers": cell(layers)}, x.astype(np.float32)


def test_results_are_the_same_when_memory_is_conserved(call: Call) -> None:
    """Layers computed in one give the bits that each gives alone."""
    nets = [random_net(seed) for seed in range(RANDOM_NETS)]
    options = ("mode", "test", "ConserveMemory")
    calls = [("vl_simplenn", net, x, None, None) for net, x in nets]
    kept = call([(*each, *options, False) for each in calls])
    conserved = call([(*each, *options, True) for each in calls])
    merged = 0
    for (net, x), all_of_it, little in zip(nets, kept, conserved, strict=True):
        assert not isinstance(all_of_it, OctaveError), all_of_it
        assert not isinstance(little, OctaveError), little
        layers = net["layers"][0]
        assert all_of_it.shape == little.shape == (1, len(layers) + 1)
        assert np.array_equal(all_of_it["x"][0, 0].reshape(x.shape), x)
        for i in range(len(layers) + 1):
            everything, found = all_of_it["x"][0, i], little["x"][0, i]
            assert everything.size
            if i == len(layers) or (i > 0 and layers[i - 1].get("precious")):
                assert found.dtype == np.float32
                assert np.array_equal(found, everything)
            else:
                assert found.size == 0
        merged += sum(little["time"][0, i].item() == 0 for i in range(len(layers)))
    assert merged > RANDOM_NETS  # or nothing was computed in one, and this shows nothing


def test_pooling_windows_do_not_fall_between_blocks_of_columns(call: Call) -> None:
    """Of whole numbers, whose sums are exact in any order: a BLAS may sum by the block's width."""
    random = np.random.default_rng(2)
    x = random.integers(-9, 10, (126, 129, 3, 2)).astype(np.float32)
    for f, side in [((3, 3, 3, 4), 2.0), ((3, 3, 3, 16), 2.0), ((3, 3, 3, 4), 3.0)]:
        weights = cell(
            [random.integers(-9, 10, f).astype(np.float32), np.ones((1, f[3]), np.float32)]
        )
        net = {
            "layers": cell(
                [
                    {"type": "conv", "weights": weights, "pad": 1.0},
                    {"type": "relu"},
                    {"type": "pool", "pool": side, "stride": side},
                ]
            )
        }
        kept, conserved = call(
            [
                ("vl_simplenn", net, x),
                ("vl_simplenn", net, x, None, None, "conserveMemory", True),
            ]
        )
        assert conserved["time"][0, 1].item() == conserved["time"][0, 2].item() == 0
        assert np.array_equal(kept["x"][0, 3], conserved["x"][0, 3])


def test_layers_in_a_row_are_those_functions_in_a_row(call: Call) -> None:
    random = np.random.default_rng(3)
    x = random.standard_normal((9, 8, 2, 2))
    f, b = random.standard_normal((3, 3, 2, 4)), random.standard_normal((4, 1))
    layers = [
        {"type": "conv", "weights": cell([f, b]), "pad": 1.0, "stride": 2.0},
        {"type": "lrn", "param": np.array([[3, 1, 0.5, 0.75]])},
        {"type": "relu", "leak": 0.1},
        {"type": "dropout", "rate": 0.3},
        {"type": "pool", "pool": 2.0, "method": "avg"},
        {"type": "sigmoid"},
        {"type": "softmax"},
    ]
    net = {"layers": cell(layers)}
    (res,) = call([("vl_simplenn", net, x, None, None, "MODE", "Test")])
    steps = [res["x"][0, i] for i in range(len(layers) + 1)]
    got = call(
        [
            ("vl_nnconv", steps[0], f, b, "pad", 1, "stride", 2),
            ("vl_nnnormalize", steps[1], [3, 1, 0.5, 0.75]),
            ("vl_nnrelu", steps[2], None, "leak", 0.1),
            ("vl_nnpool", steps[4], 2, "method", "avg"),
            ("vl_nnsoftmax", steps[6]),
        ]
    )
    for y, expected in zip(got, [steps[i] for i in (1, 2, 3, 5, 7)], strict=True):
        assert np.array_equal(y, expected)
    assert np.array_equal(steps[3], steps[4])
    assert np.allclose(steps[6], 1 / (1 + np.exp(-steps[5])), rtol=1e-15)


def test_dropout_acts_in_normal_mode_only(call: Call) -> None:
    x = np.ones((8, 8, 4), np.float32)
    net = {"layers": cell([{"type": "dropout", "rate": 0.5}])}
    normal, test, switched = call(
        [
            ("vl_simplenn", net, x),
            ("vl_simplenn", net, x, None, None, "mode", "test"),
            ("vl_simplenn", net, x, None, None, "disableDropout", True),
        ]
    )
    mask = normal["aux"][0, 1]
    assert set(np.unique(mask).tolist()) == {0.0, 2.0}
    assert np.array_equal(normal["x"][0, 1], mask)
    assert np.array_equal(test["x"][0, 1], x) and np.array_equal(switched["x"][0, 1], x)


def test_a_result_from_before_is_overwritten(call: Call) -> None:
    net, x = random_net(0)
    (before,) = call([("vl_simplenn", net, x)])
    other = np.flip(x, 0).copy()
    fresh, reused = call([("vl_simplenn", net, other), ("vl_simplenn", net, other, None, before)])
    assert np.array_equal(fresh["x"][0, -1], reused["x"][0, -1])
    assert not np.array_equal(fresh["x"][0, -1], before["x"][0, -1])


def test_a_custom_layer_gets_and_gives_results(call: Call) -> None:
    x = np.arange(6, dtype=np.float64).reshape(2, 3)
    (res,) = call([("simplenn_with_custom_layer", x)])
    assert np.array_equal(res["x"][0, 1], 2 * x)
    assert np.array_equal(res["x"][0, 2], np.maximum(2 * x, 0))
    assert res["aux"][0, 1].item() == "seen"


def test_old_files_are_brought_into_the_new_form(call: Call) -> None:
    f, b = np.ones((3, 3, 2, 4), np.float32), np.ones((1, 4), np.float32)
    old = {
        "layers": cell(
            [
                {"type": "conv", "filters": f, "biases": b},
                {"type": "relu"},
                {"type": "pool", "pool": np.array([[2.0, 2.0]])},
                {"type": "normalize", "name": "norm1"},
                {"type": "dropout"},
                {"type": "conv", "weights": cell([f, b]), "opts": np.zeros((0, 0)), "pad": 2.0},
            ]
        ),
        "normalization": {"averageImage": 3.0},
        "classes": {"name": "one"},
    }
    (new,) = call([("vl_simplenn_tidy", old)])
    layers = [layer[0, 0] for layer in new["layers"].item()[0]]
    assert sorted(new.dtype.names) == ["layers", "meta"]
    meta = new["meta"].item()
    assert meta["normalization"].item()["averageImage"].item() == 3
    assert meta["classes"].item()["name"].item() == "one"
    assert "filters" not in layers[0].dtype.names
    assert np.array_equal(layers[0]["weights"][0, 0], f)
    assert np.array_equal(layers[0]["weights"][0, 1], b)
    assert [layers[0][name].item() for name in ("pad", "stride", "dilate")] == [0, 1, 1]
    assert layers[1]["leak"].item() == 0
    assert [layers[2][name].item() for name in ("pad", "stride", "method")] == [0, 1, "max"]
    assert layers[3]["param"].ravel().tolist() == [5, 1, 0.0001 / 5, 0.75]
    assert layers[4]["rate"].item() == 0.5
    assert (layers[5]["pad"].item(), layers[5]["opts"].size) == (2, 0)
    names = [layer["name"].item() for layer in layers]
    assert names == ["layer1", "layer2", "layer3", "norm1", "layer5", "layer6"]
    assert not any(layer["precious"].item() for layer in layers)


def test_what_a_tidy_file_says_is_kept(call: Call) -> None:
    net, _ = random_net(4)
    net["meta"] = {"normalization": {"averageImage": 1.0}}
    net["normalization"] = {"averageImage": 2.0}
    (once,) = call([("vl_simplenn_tidy", net)])
    assert once["meta"].item()["normalization"].item()["averageImage"].item() == 1
    given = net["layers"][0]
    for layer, before in zip(once["layers"].item()[0], given, strict=True):
        for name, value in before.items():
            if name != "weights":
                assert np.array_equal(layer[0, 0][name].ravel(), np.ravel(value)), name
