"""Places along axes: reversed and picked channels, every second row, a single place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.networks.node import GraphError
from tests.support.onnx_files import assert_reads, model_of, node, ops_of, random_values

INT_MIN = np.iinfo(np.int64).min


def sliced(tmp_path, starts, ends, axes, steps):
    constants = dict(zip("seap", map(np.array, (starts, ends, axes, steps)), strict=True))
    return assert_reads(model_of([node("Slice", ["x", *"seap"], ["y"])], constants), tmp_path)


@pytest.mark.parametrize(
    ("start", "end", "axis", "step"),
    [
        (-1, INT_MIN, 1, -1),  # torch.flip and x[..., ::-1]
        (2, -9, 1, -1),
        (0, 8, 2, 2),
        (7, 1, 2, -3),
        (1, 100, 3, 4),
        (-2, 0, 3, -1),
        (1, 3, 1, 1),
    ],
)
def test_slices_of_any_step(start, end, axis, step, tmp_path: Path):
    sliced(tmp_path, [start], [end], [axis], [step])


def test_slices_along_several_axes(tmp_path: Path):
    sliced(tmp_path, [2, 1, 8], [INT_MIN, 6, 2], [1, 2, 3], [-1, 1, -2])


@pytest.mark.parametrize("places", [[2, 1, 0], [0, 0], [1, 2], [-1, 0], [1]])
def test_places_that_are_gathered(places, tmp_path: Path):
    gather = node("Gather", ["x", "p"], ["y"], axis=1)
    found = assert_reads(model_of([gather], {"p": np.array(places)}), tmp_path)
    assert set(ops_of(found)) <= {"crop", "concat"}


def test_channels_that_pytorch_reverses_behind_a_transpose(tmp_path: Path):
    nodes = [
        node("Transpose", ["x"], ["t"], perm=[1, 0, 2, 3]),
        node("GatherND", ["t", "p"], ["g"]),
        node("Transpose", ["g"], ["r"], perm=[1, 0, 2, 3]),
        node("Conv", ["r", "k"], ["y"]),
    ]
    constants = {"p": np.array([[2], [1], [0]]), "k": random_values(4, 3, 3, 3)}
    assert ops_of(assert_reads(model_of(nodes, constants), tmp_path))[-2:] == ["concat", "conv"]


def test_channels_that_are_reversed_where_they_are_last(tmp_path: Path):
    # As tf2onnx writes preprocess_input in a model: the Transpose comes behind the slice.
    nodes = [
        node("Slice", ["x", *"seap"], ["r"]),
        node("Add", ["r", "m"], ["c"]),
        node("Transpose", ["c"], ["t"], perm=[0, 3, 1, 2]),
        node("Conv", ["t", "k"], ["y"]),
    ]
    ends = {"s": [-1], "e": [INT_MIN], "a": [3], "p": [-1]}
    constants = {name: np.array(values) for name, values in ends.items()}
    constants |= {"m": np.float32([-103.9, -116.8, -123.7]), "k": random_values(4, 3, 3, 3)}
    found = assert_reads(model_of(nodes, constants, {"x": ("N", 5, 6, 3)}), tmp_path)
    assert found.network.inputs[0].shape == (5, 6, 3)


@pytest.mark.parametrize(
    ("op", "places", "words"),
    [
        ("Gather", np.array([3]), "picks place 3 of 3"),
        ("Gather", np.zeros((2, 2), int), "reads a list only"),
        ("GatherND", np.array([[0, 1]]), "reads N x 1 only"),
        ("GatherND", np.array([[0]]), "images"),
    ],
)
def test_other_places_are_refused(op, places, words, tmp_path: Path):
    axis = {"axis": 1} if op == "Gather" else {}
    model = model_of([node(op, ["x", "p"], ["y"], "it", **axis)], {"p": places})
    with pytest.raises(GraphError, match=f"'it'.*{words}"):
        assert_reads(model, tmp_path)


def test_a_type_like_that_of_an_activation_changes_nothing(tmp_path: Path):
    # As PyTorch's exporter leaves it with optimize=False.
    nodes = [
        node("CastLike", ["one", "x"], ["c"]),
        node("Min", ["x", "c"], ["m"]),
        node("CastLike", ["m", "x"], ["y"]),
    ]
    assert_reads(model_of(nodes, {"one": np.float32(1)}, opset=18), tmp_path)
