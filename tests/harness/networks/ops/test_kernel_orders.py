"""Kernels whose values are in another order, made with the lines that people write."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.networks import Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Known, Mistake, Step, run_step

RNG = np.random.default_rng(8)
CONV = RNG.normal(0, 1, (3, 2, 4, 5)).astype(np.float32)
MATRIX = RNG.normal(0, 1, (6, 10)).astype(np.float32)
MAP_KERNEL = RNG.normal(0, 1, (3, 2, 4, 5)).astype(np.float32)
SQUARE = RNG.normal(0, 1, (6, 6)).astype(np.float32)


def mistake(op: str, key: str) -> Mistake:
    return next(each for each in OPS[op].mistakes if each.key == key)


def made(op: str, key: str, kernel: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the operation computes with the mistake, which the node must be able to have."""
    step = Step(Node("it", op, ("x",), {}, {"kernel": "k"}), (x,), {"kernel": kernel})
    known = Known((x.shape[1:],), {"kernel": kernel.shape}, run_step(step).shape[1:])
    assert mistake(op, key).fits(step.node, known)
    return run_step(mistake(op, key).make(step))


def right(op: str, kernel: np.ndarray, x: np.ndarray) -> np.ndarray:
    return run_step(Step(Node("it", op, ("x",), {}, {"kernel": "k"}), (x,), {"kernel": kernel}))


def input_of(*shape: int) -> np.ndarray:
    return RNG.normal(0, 1, (2, *shape)).astype(np.float32)


def test_a_kernel_of_pytorch_that_is_reshaped() -> None:
    x = input_of(5, 5, 4)
    wrong = CONV.transpose(3, 2, 0, 1).reshape(3, 2, 4, 5)  # numpy's state_dict()[...].reshape
    np.testing.assert_array_equal(made("conv", "kernel-reshaped", CONV, x), right("conv", wrong, x))
    x = input_of(6)
    wrong = MATRIX.T.reshape(6, 10)
    same = made("dense", "kernel-reshaped", MATRIX, x)
    np.testing.assert_array_equal(same, right("dense", wrong, x))


def test_a_kernel_of_keras_that_is_reshaped_for_pytorch() -> None:
    x = input_of(5, 5, 4)
    weight = CONV.reshape(5, 4, 3, 2)  # torch.from_numpy(kernel.reshape(weight.shape))
    same = made("conv", "kernel-reshaped-to-pytorch", CONV, x)
    np.testing.assert_array_equal(same, right("conv", weight.transpose(2, 3, 1, 0), x))
    x = input_of(6)
    same = made("dense", "kernel-reshaped-to-pytorch", MATRIX, x)
    np.testing.assert_array_equal(same, right("dense", MATRIX.reshape(10, 6).T, x))


def test_a_square_kernel_that_is_not_transposed() -> None:
    x = input_of(6)
    same = made("dense", "kernel-transposed", SQUARE, x)
    np.testing.assert_array_equal(same, right("dense", SQUARE.T, x))
    kernel, x = CONV[..., :4], input_of(5, 5, 4)
    same = made("conv", "kernels-channels-swapped", kernel, x)
    np.testing.assert_array_equal(same, right("conv", kernel.transpose(0, 1, 3, 2), x))


@pytest.mark.parametrize(("name", "axes"), [("chw", (2, 0, 1)), ("cwh", (2, 1, 0))])
def test_a_kernel_with_rows_of_pytorch_or_matlab_and_a_map_flattened_as_keras_does(name, axes):
    x = input_of(3, 2, 4)
    rows = MAP_KERNEL.transpose(*axes, 3).reshape(24, 5)
    expected = x.reshape(2, 24).astype(np.float64) @ rows
    same = made("dense", f"kernel-rows-{name}", MAP_KERNEL, x)
    np.testing.assert_allclose(same, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "keys"),
    [
        ((6, 6), {"kernel-transposed"}),
        ((1, 6), set()),
        ((6, 1), set()),
        ((6, 10), {"kernel-reshaped", "kernel-reshaped-to-pytorch"}),
    ],
)
def test_only_what_changes_a_kernel_is_tried(shape, keys) -> None:
    known = Known((shape[:1],), {"kernel": shape}, shape[1:])
    node = Node("it", "dense", ("x",), {}, {"kernel": "k"})
    found = {each.key for each in OPS["dense"].mistakes if each.fits(node, known)}
    assert {key for key in found if key.startswith("kernel")} == keys


def test_momentum_passed_as_epsilon_is_among_the_mistakes() -> None:
    """`BatchNorm2d(64, 0.1)` and `BatchNormalization(epsilon=0.99)`."""
    keys = {each.key for each in OPS["batch_norm"].mistakes}
    assert {"epsilon-0.1", "epsilon-0.9", "epsilon-0.99"} <= keys
