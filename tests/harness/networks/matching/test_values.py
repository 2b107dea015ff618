"""Tensors that belong together are the same, or a known change is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netparity.networks import Network, Preprocessing
from netparity.networks.matching import compare
from netparity.networks.matching.values import compare_values
from tests.support.graph_jobs import Array, Sketch

Arrays = dict[str, Array]


def small(order: tuple[int, ...] = (0, 1, 2), channels: str | None = None) -> Network:
    """A convolution of an RGB image, a flatten and a dense layer."""
    s = Sketch((6, 5, 3))
    s.add("conv", "conv", tensors={"kernel": s.normal(3, 3, 3, 4), "bias": s.normal(4)})
    s.add("flat", "flatten", "conv", order=order)
    s.add("fc", "dense", "flat", tensors={"kernel": s.normal(48, 7)})
    network = s.network()
    if channels is None:
        return network
    entry = replace(network.inputs[0], preprocessing=Preprocessing(channels))  # type: ignore[arg-type]
    return replace(network, inputs=(entry,))


@pytest.fixture
def tensors() -> Arrays:
    random = np.random.default_rng(7)
    shapes = small().tensors
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def differences(
    a: Network, b: Network, first: Arrays, second: Arrays
) -> tuple[int, tuple[str, ...]]:
    matching = compare(a, b, first, second)
    assert matching.same
    found = compare_values(matching, first, second)
    return found.equal, found.differences


def test_equal_tensors_have_no_difference(tensors: Arrays) -> None:
    assert differences(small(), small(), tensors, tensors) == (3, ())


def test_rounding_of_float32_is_no_difference(tensors: Arrays) -> None:
    kernel = np.nextafter(tensors["conv.kernel"], np.float32(np.inf))
    other = {**tensors, "conv.kernel": kernel}
    assert differences(small(), small(), tensors, other) == (3, ())


def test_a_kernel_in_the_order_of_the_flatten_is_the_same(tensors: Arrays) -> None:
    by_channel = tensors["fc.kernel"].reshape(4, 3, 4, 7).transpose(2, 0, 1, 3).reshape(48, 7)
    other = {**tensors, "fc.kernel": by_channel}
    assert differences(small(), small((2, 0, 1)), tensors, other) == (3, ())


def test_the_same_kernel_after_another_flatten_is_a_difference(tensors: Arrays) -> None:
    _, found = differences(small((2, 0, 1)), small(), tensors, tensors)
    assert found == (
        "fc reads its input in the order C, H, W in A, H, W, C in B, with the same kernel",
    )


@pytest.mark.parametrize("order", [(2, 0, 1), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0)])
def test_rows_in_an_order_that_the_layer_does_not_have(
    tensors: Arrays, order: tuple[int, ...]
) -> None:
    rows = tensors["fc.kernel"].reshape(4, 3, 4, 7).transpose(*order, 3).reshape(48, 7)
    other = {**tensors, "fc.kernel": rows}
    letters = ", ".join("HWC"[axis] for axis in order)
    _, found = differences(small(), small(), other, tensors)
    assert found == (
        f"fc: the rows of A's kernel are in the order {letters} where those of B's are in the "
        "order H, W, C",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda k: k[::-1, ::-1], "conv: A's kernel is B's, rotated by 180 degrees"),
        (
            lambda k: k.swapaxes(0, 1),
            "conv: A's kernel is B's with rows and columns swapped",
        ),
        (
            lambda k: k[:, :, ::-1],
            "conv: A's kernel takes the image's channels in the reverse of B's order (BGR in the "
            "place of RGB)",
        ),
        (
            lambda k: k.astype(np.float16).astype(np.float32),
            "conv: A's kernel is B's, rounded to half precision",
        ),
    ],
)
def test_known_changes_of_a_kernel(tensors: Arrays, change, words: str) -> None:
    other = {**tensors, "conv.kernel": np.ascontiguousarray(change(tensors["conv.kernel"]))}
    assert differences(small(), small(), other, tensors) == (2, (words,))


def test_a_network_of_bgr_has_its_first_kernel_reversed(tensors: Arrays) -> None:
    a, b = small(channels="RGB"), small(channels="BGR")
    reversed_ = {**tensors, "conv.kernel": tensors["conv.kernel"][:, :, ::-1]}
    assert differences(a, b, tensors, reversed_) == (3, ())
    _, found = differences(a, b, tensors, tensors)
    assert found == (
        "conv: A's kernel takes the image's channels in the reverse of B's order (BGR in the place "
        "of RGB)",
    )


def test_other_values_are_measured(tensors: Arrays) -> None:
    bias = tensors["conv.bias"].copy()
    bias[1] += 1
    _, [sentence] = differences(small(), small(), {**tensors, "conv.bias": bias}, tensors)
    size = 1 / np.linalg.norm(tensors["conv.bias"].astype(np.float64))
    expected = f"conv: its bias differs, 1 of 4 values, by at most 1, relative L2 {size:.3g}"
    assert sentence == expected


def test_a_bias_of_zeros_is_no_bias(tensors: Arrays) -> None:
    b = small()
    nodes = tuple(
        replace(node, tensors={"kernel": node.tensors["kernel"]}) if node.name == "conv" else node
        for node in b.nodes
    )
    without = replace(
        b, nodes=nodes, tensors={n: s for n, s in b.tensors.items() if "bias" not in n}
    )
    assert not compare(small(), without).same
    zeros = {**tensors, "conv.bias": np.zeros(4, np.float32)}
    rest = {name: values for name, values in tensors.items() if "bias" not in name}
    assert compare(small(), without, zeros, rest).same
    assert not compare(small(), without, tensors, rest).same


def normalising(epsilon: float) -> Network:
    s = Sketch((4, 4, 3))
    moments = {"mean": s.normal(3), "variance": s.positive(3)}
    s.add("bn", "batch_norm", tensors=moments, epsilon=epsilon)
    return s.network()


def test_another_epsilon_is_a_difference() -> None:
    a, b = normalising(1e-3), normalising(1e-5)
    tensors = {"bn.mean": np.ones(3, np.float32), "bn.variance": np.ones(3, np.float32)}
    assert compare(a, b).differences == ("bn: epsilon 0.001 in A, 1e-05 in B",)
    assert differences(a, b, tensors, tensors) == (1, ("bn: epsilon 0.001 in A, 1e-05 in B",))


def test_an_epsilon_that_is_part_of_the_variance_is_none() -> None:
    a, b = normalising(1e-3), normalising(1e-5)
    mean, variance = np.ones(3, np.float32), np.float32([1e-7, 0.1, 3])
    first = {"bn.mean": mean, "bn.variance": variance}
    # As MatConvNet stores it: the root of the sum, in float32.
    root = np.sqrt(variance.astype(np.float64) + 1e-3).astype(np.float32)
    second = {"bn.mean": mean, "bn.variance": (root.astype(np.float64) ** 2 - 1e-5)}
    assert differences(a, b, first, second) == (2, ())
    [_, match] = compare(a, b, first, second).tensors
    moved = match.to_second(first["bn.variance"])
    np.testing.assert_allclose(moved, second["bn.variance"], rtol=3e-7)
    np.testing.assert_allclose(match.to_first(moved), variance, rtol=1e-5)


def test_another_scale_of_the_image(tensors: Arrays) -> None:
    other = {**tensors, "conv.kernel": tensors["conv.kernel"] * np.float32(255)}
    _, found = differences(small(), small(), other, tensors)
    assert found == (
        "conv: the kernel is B's times (255, 255, 255): A takes an image of 0 to 1, B one of 0 to "
        "255",
    )


def test_units_and_inputs_in_another_order(tensors: Arrays) -> None:
    units = [2, 0, 1, 3]
    other = {
        **tensors,
        "conv.kernel": tensors["conv.kernel"][..., units],
        "conv.bias": tensors["conv.bias"][units],
        "fc.kernel": tensors["fc.kernel"].reshape(4, 3, 4, 7)[:, :, units].reshape(48, 7),
    }
    _, found = differences(small(), small(), other, tensors)
    assert found == (
        "conv: A's kernel is B's with the units in another order",
        "conv: A's bias is B's with the units in another order",
        "fc: A's kernel is B's with the inputs in another order",
    )


def test_two_changes_at_once(tensors: Arrays) -> None:
    kernel = tensors["conv.kernel"][::-1, ::-1].astype(np.float16).astype(np.float32)
    _, found = differences(small(), small(), {**tensors, "conv.kernel": kernel}, tensors)
    assert found == (
        "conv: A's kernel is B's, rotated by 180 degrees, and A's kernel is B's, rounded to half "
        "precision",
    )
