"""What relates two sets of weights is found, whatever the networks call and how they store it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.networks import NETWORKS, Network, Preprocessing, opening, writing
from netparity.networks.catalogue.vgg import vgg
from netparity.networks.folding import fold
from netparity.weights import converting, open_weights, sameness, synthetic
from netparity.weights.formats import BY_NAME
from netparity.weights.verifying import Given, given_as, open_both, verify
from tests.support.cases import random_tensors
from tests.support.graph_jobs import Sketch, evaluate

Tensors = dict[str, np.ndarray[Any, Any]]

TINY = vgg("tiny", ((8, 9), (10,)), (12, 11), 7, (16, 16))
WITH_TEN = vgg("tiny", ((8, 9), (10,)), (12, 11), 10, (16, 16))


@pytest.fixture
def tensors() -> Tensors:
    return random_tensors(TINY, 1)


def compared(first: Mapping[str, Any], second: Mapping[str, Any], model: Network = TINY):
    return sameness.compare(first, second, model, model)


def parts(found: sameness.Sameness) -> set[str]:
    return {name for names in found.changed.values() for name in names}


# --- the first layer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ((255, 255, 255), "A takes an image of 0 to 1, B one of 0 to 255"),
        ((1 / 255,) * 3, "A takes one of 0 to 255, B an image of 0 to 1"),
        ((127.5,) * 3, "A takes an image of -1 to 1, B one of 0 to 255"),
        (
            (58.395, 57.12, 57.375),
            "A takes an image of 0 to 1 divided by its deviation, B one of 0 to 255",
        ),
        ((3, 4, 5), "times (3, 4, 5) for the channels of the image"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_another_scale_of_the_image(tensors: Tensors, factors, words: str, turned: bool) -> None:
    kernel = tensors["conv1_1.kernel"] * np.float32(factors)[:, None]
    kernel = kernel[:, :, ::-1] if turned else kernel
    found = compared({**tensors, "conv1_1.kernel": kernel}, tensors)
    assert found.explained
    assert parts(found) == {"scaled-input"} | ({"reverse-channels"} if turned else set())
    assert words in found.details["conv1_1.kernel"]
    assert "conv1_1 scaled for an image of another range" in sameness.sentence(found, "a", "b")
    assert sameness.fix(found, "a", "b") is None


def test_a_mean_in_the_bias(tensors: Tensors) -> None:
    """w (x - m) + b = w x + (b - the sum of w m), away from the border."""
    mean = np.array([123.68, 116.779, 103.939])
    sums = tensors["conv1_1.kernel"].sum(axis=(0, 1), dtype=np.float64)
    scaled = tensors["conv1_1.kernel"] * np.float32(255)
    for kernel in (tensors["conv1_1.kernel"], scaled):
        bias = (tensors["conv1_1.bias"] - mean @ sums).astype(np.float32)
        other = {**tensors, "conv1_1.bias": bias, "conv1_1.kernel": kernel}
        found = compared(other, tensors)
        assert found.explained
        assert found.changed["conv1_1.bias"] == ("shifted-mean",)
        assert "to which (-123.7, -116.8, -103.9) is added" in found.details["conv1_1.bias"]


# --- orders ---------------------------------------------------------------------------------


def test_classes_in_another_order(tensors: Tensors) -> None:
    order = np.array([0, 2, 1, 3, 4, 6, 5])
    other = {
        **tensors,
        "fc5.kernel": tensors["fc5.kernel"][..., order],
        "fc5.bias": tensors["fc5.bias"][order],
    }
    found = compared(other, tensors)
    assert parts(found) == {"permuted-classes"}
    assert (
        sameness.sentence(found, "a", "b") == "a is b with fc5 with the classes in another order."
    )
    assert found.details["fc5.kernel"] == (
        "4 of 7 have another place (class 1 of B is 2 of A, 2 of B is 1 of A, 5 of B is 6 of A, "
        "...)"
    )
    assert not found.harmless


def test_units_whose_order_the_next_layer_follows(tensors: Tensors) -> None:
    rng = np.random.default_rng(2)
    other = dict(tensors)
    layers = ["conv1_1", "conv1_2", "conv2_1", "fc3", "fc4", "fc5"]
    for layer, following in itertools.pairwise(layers):
        order = rng.permutation(other[f"{layer}.bias"].size)
        other[f"{layer}.kernel"] = other[f"{layer}.kernel"][..., order]
        other[f"{layer}.bias"] = other[f"{layer}.bias"][order]
        other[f"{following}.kernel"] = other[f"{following}.kernel"][:, :, order]
    found = compared(other, tensors)
    assert found.explained
    assert parts(found) == {"permuted-units", "permuted-inputs"}
    assert found.harmless
    assert sameness.sentence(found, "a", "b").endswith(": the same function.")
    other["fc5.kernel"] = tensors["fc5.kernel"]
    assert not compared(other, tensors).harmless


# --- batch normalisation --------------------------------------------------------------------


def with_normalisation(bias: bool = True) -> tuple[Network, Tensors]:
    s = Sketch((10, 9, 3))
    for name, source, shape in (("c1", "input", (3, 3, 3, 6)), ("c2", "r1", (3, 3, 6, 7))):
        units = shape[-1]
        roles = {"kernel": s.normal(*shape), **({"bias": s.normal(units)} if bias else {})}
        s.add(name, "conv", source, pads=(1, 1, 1, 1), tensors=roles)
        statistics = {"mean": s.normal(units), "variance": s.positive(units)}
        scales = {"scale": s.positive(units), "bias": s.normal(units)}
        number = name[1]
        s.add(f"n{number}", "batch_norm", name, epsilon=1e-3, tensors={**statistics, **scales})
        s.add(f"r{number}", "relu", f"n{number}")
    s.add("flat", "flatten", "r2")
    s.add("fc", "dense", "flat", tensors={"kernel": s.normal(630, 5), "bias": s.normal(5)})
    return s.network(), s.tensors


@pytest.mark.parametrize("bias", [True, False])
def test_merging_keeps_the_function(bias: bool) -> None:
    network, tensors = with_normalisation(bias)
    folded = fold(network, tensors)
    assert folded.merged == {"n1": "c1", "n2": "c2"}
    x = np.random.default_rng(3).normal(size=(1, 10, 9, 3))
    a = evaluate(network, tensors, x)["fc"]
    b = evaluate(folded.network, folded.tensors, x)["fc"]
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


def test_a_normalisation_that_others_read_is_not_merged() -> None:
    s = Sketch((6, 6, 3))
    s.add("c", "conv", tensors={"kernel": s.normal(3, 3, 3, 4)})
    roles = {"mean": s.normal(4), "variance": s.positive(4)}
    s.add("n", "batch_norm", "c", epsilon=1e-3, tensors=roles)
    s.add("sum", "add", "n", "c")
    network = s.network()
    assert not fold(network, s.tensors).merged


@pytest.mark.parametrize("turned", [False, True])
def test_a_merged_batch_normalisation_is_named(turned: bool) -> None:
    network, tensors = with_normalisation()
    folded = fold(network, tensors)
    values = {name: np.asarray(folded.tensors[name]) for name in folded.network.tensors}
    first, second = (network, tensors), (folded.network, values)
    if turned:
        first, second = second, first
    found = sameness.compare(first[1], second[1], first[0], second[0])
    assert found.explained and found.harmless and not found.same
    assert parts(found) == {"merged" if turned else "not-merged"}
    words = sameness.sentence(found, "a", "b")
    start = "a is b with all 2 convolutions "
    assert words.startswith(start + ("merged with" if turned else "not merged with"))
    assert words.endswith("the batch normalisation after it: the same function.")


def test_a_merged_layer_with_another_value_is_not_explained() -> None:
    network, tensors = with_normalisation()
    folded = fold(network, tensors)
    values = {name: np.array(folded.tensors[name]) for name in folded.network.tensors}
    values["c2.kernel"][0, 0, 0, 0] += 0.1
    found = sameness.compare(tensors, values, network, folded.network)
    assert list(found.different) == ["c2.kernel"]


def test_another_epsilon() -> None:
    network, tensors = with_normalisation()
    nodes = tuple(
        replace(node, attributes={"epsilon": 1e-5}) if node.op == "batch_norm" else node
        for node in network.nodes
    )
    found = sameness.compare(tensors, tensors, network, replace(network, nodes=nodes))
    assert parts(found) == {"other-epsilon"}
    assert found.details["n1.variance"] == "epsilon is 0.001 in A, 1e-05 in B"


# --- heads and further training -------------------------------------------------------------


def test_another_number_of_classes(tensors: Tensors) -> None:
    other = random_tensors(WITH_TEN, 4)
    other |= {name: tensors[name] for name in tensors if not name.startswith("fc5")}
    found = sameness.compare(tensors, other, TINY, WITH_TEN)
    assert found.only_first == ("fc5.kernel", "fc5.bias")
    assert sameness.sentence(found, "a", "b") == (
        "a has another head than b (prob: 7 classes, not 10); all 10 that both have are equal."
    )


def test_another_head_on_the_same_features(tensors: Tensors) -> None:
    """Two layers where the other has three, one with a bias as large as one of these."""
    model = vgg("tiny", ((8, 9), (10,)), (11,), 3, (16, 16))
    other = random_tensors(model, 4)
    other |= {name: tensors[name] for name in tensors if name.startswith("conv")}
    found = sameness.compare(tensors, other, TINY, model)
    assert sameness.sentence(found, "a", "b") == (
        "a has another head than b (fc3, fc4 and prob for fc3 and prob: 7 classes, not 3); "
        "all 6 that both have are equal."
    )


def test_one_merged_normalisation_of_two() -> None:
    network, tensors = with_normalisation()
    node = network.by_name["n2"]
    kept = tuple(
        replace(each, op="identity", attributes={}, tensors={}) if each is node else each
        for each in network.nodes
    )
    gone = set(node.tensors.values())
    shapes = {name: shape for name, shape in network.tensors.items() if name not in gone}
    half = replace(network, nodes=kept, tensors=shapes)
    folded = fold(network, tensors).tensors
    values = {name: tensors[name] for name in shapes}
    values |= {name: np.asarray(folded[name]) for name in ("c2.kernel", "c2.bias")}
    found = sameness.compare(tensors, values, network, half)
    assert found.explained and found.harmless
    assert sameness.sentence(found, "a", "b") == (
        "a is b with c2 not merged with the batch normalisation after it: the same function."
    )


def test_layers_that_were_trained_further(tensors: Tensors) -> None:
    rng = np.random.default_rng(6)
    other = dict(tensors)
    for layer in ("fc3", "fc4"):
        for role in ("kernel", "bias"):
            values = tensors[f"{layer}.{role}"]
            noise = rng.standard_normal(values.shape, np.float32)
            other[f"{layer}.{role}"] = values + np.float32(0.05) * noise
    found = compared(other, tensors)
    assert (found.trained_further, found.unrelated) == (["fc3", "fc4"], [])
    sentence = sameness.sentence(found, "a", "b")
    assert sentence.startswith(
        "a is b trained further: 2 of 6 layers differ a little (fc3 and fc4, relative L2 0.0"
    )
    assert sentence.endswith("; the other 4 agree.")


@pytest.mark.parametrize("turned", [False, True])
def test_quantised_layers(tensors: Tensors, turned: bool) -> None:
    """A step of a 31st of the largest value, as with eight bits of which few are used."""
    other = dict(tensors)
    for name in ("conv1_2.kernel", "fc3.kernel"):
        step = np.abs(tensors[name]).max() / 31
        other[name] = (np.round(tensors[name] / step) * step).astype(np.float32)
    pair = (tensors, other) if turned else (other, tensors)
    found = compared(*pair)
    assert found.quantised == (([], ["conv1_2", "fc3"]) if turned else (["conv1_2", "fc3"], []))
    assert (found.trained_further, found.unrelated) == ([], [])
    sentence = sameness.sentence(found, "a", "b")
    start = "b is a" if turned else "a is b"
    assert sentence.startswith(f"{start} quantised: 2 of 6 layers have few distinct values in ")
    assert sentence.endswith("; the other 4 agree.")


@pytest.mark.parametrize("name", ["reverse-channels", "rotate"])
def test_layers_that_were_changed_and_trained_further(name: str) -> None:
    model = vgg("tiny", ((16, 9), (10,)), (12, 11), 7, (16, 16))
    tensors = random_tensors(model, 1)
    other = dict(tensors)
    kernel = tensors["conv1_1.kernel"]
    turned = kernel[:, :, ::-1] if name == "reverse-channels" else kernel[::-1, ::-1]
    noise = np.random.default_rng(7).standard_normal(kernel.shape, np.float32)
    other["conv1_1.kernel"] = turned + np.float32(0.1) * noise
    found = compared(other, tensors, model)
    assert found.different["conv1_1.kernel"].after == (name,)
    assert found.trained_further == ["conv1_1"]
    [line] = sameness.details(found)
    assert line.endswith("reversed order (RGB for BGR)") or line.endswith("(Theano's convolution)")


def test_a_layer_of_another_training(tensors: Tensors) -> None:
    strange = random_tensors(TINY, 9)
    other = {**tensors, **{name: strange[name] for name in ("fc5.kernel", "fc5.bias")}}
    found = compared(other, tensors)
    assert found.unrelated == ["fc5"]
    assert sameness.sentence(found, "a", "b") == (
        "a and b are different weights in 1 of 6 layers: fc5 has nothing in common; 5 agree."
    )


def test_two_trainings(tensors: Tensors) -> None:
    found = compared(random_tensors(TINY, 5), tensors)
    assert sameness.sentence(found, "a", "b") == (
        "a and b are different weights: no layer agrees, so they are different trainings."
    )


# --- across networks ------------------------------------------------------------------------


def chain(order: tuple[int, ...], names: str, channels: str | None) -> tuple[Network, Tensors]:
    """Two convolutions and two dense layers, with names and an order of its own."""
    s = Sketch((8, 6, 3))
    s.add(f"{names}0", "conv", pads=(1, 1, 1, 1), tensors=roles(s, 3, 3, 3, 6))
    s.add(f"{names}1", "relu", f"{names}0")
    s.add(f"{names}2", "conv", f"{names}1", pads=(1, 1, 1, 1), tensors=roles(s, 3, 3, 6, 4))
    s.add(f"{names}3", "flatten", f"{names}2", order=order)
    s.add(f"{names}4", "dense", f"{names}3", tensors=roles(s, 192, 9))
    s.add(f"{names}5", "dense", f"{names}4", tensors=roles(s, 9, 5))
    network = s.network(names)
    entry = network.inputs[0]
    if channels is not None:
        entry = replace(entry, preprocessing=Preprocessing(channels))  # type: ignore[arg-type]
    return replace(network, inputs=(entry,)), s.tensors


def roles(s: Sketch, *shape: int) -> dict[str, Any]:
    return {"kernel": s.normal(*shape), "bias": s.normal(shape[-1])}


def test_files_of_two_tools_are_compared_in_one_form() -> None:
    """Names, the order of the flatten and of the image's channels are each tool's own."""
    a, first = chain((2, 0, 1), "torch", "RGB")
    b, second = chain((0, 1, 2), "keras", "BGR")
    second = {name: first[name.replace("keras", "torch")] for name in second}
    second["keras0.kernel"] = second["keras0.kernel"][:, :, ::-1]
    rows = second["keras4.kernel"].reshape(4, 8, 6, 9)
    second["keras4.kernel"] = np.ascontiguousarray(rows.transpose(1, 2, 0, 3)).reshape(192, 9)
    found = sameness.compare(first, second, a, b)
    assert found.same
    assert found.seconds["torch4.kernel"] == "keras4.kernel"
    wrong = {**second, "keras0.kernel": second["keras0.kernel"][:, :, ::-1]}
    found = sameness.compare(first, wrong, a, b)
    assert parts(found) == {"reverse-channels"}
    plain = first["torch4.kernel"].reshape(192, 9)
    found = sameness.compare(first, {**second, "keras4.kernel": plain}, a, b)
    assert parts(found) == {"to-chw"} or parts(found) == {"from-chw"}
    assert sameness.fix(found, "a", "b") is None


@pytest.mark.parametrize(("stated", "other"), [("RGB", "BGR"), ("BGR", "RGB")])
def test_an_order_that_one_file_does_not_state_is_no_difference(stated: str, other: str) -> None:
    a, first = chain((0, 1, 2), "torch", stated)
    b, _ = chain((0, 1, 2), "keras", None)
    second = {name.replace("torch", "keras"): values for name, values in first.items()}
    assert sameness.compare(first, second, a, b).order is None
    second["keras0.kernel"] = first["torch0.kernel"][:, :, ::-1]
    for found, side in (
        (sameness.compare(first, second, a, b), "B"),
        (sameness.compare(second, first, b, a), "A"),
    ):
        assert found.same
        assert found.order == f"{side} {other}"
        assert sameness.details(found) == [
            f"  {side} does not state the order of the image's channels; its first layer takes "
            f"{other}"
        ]


def test_names_of_both_files_stand_beside_a_difference() -> None:
    a, first = chain((0, 1, 2), "torch", None)
    b, _ = chain((0, 1, 2), "keras", None)
    second = {name.replace("torch", "keras"): values.copy() for name, values in first.items()}
    second["keras2.bias"][1] += 1
    found = sameness.compare(first, second, a, b)
    [line] = sameness.details(found, {"torch2.bias": "features.2.bias"})
    assert line.startswith("  torch2.bias (features.2.bias in A, keras2.bias in B): 1 of 4 values")


@pytest.mark.parametrize("name", ["resnet-tiny", "mobilenet-tiny", "googlenet-tiny"])
def test_every_network_is_compared(name: str) -> None:
    network = NETWORKS[name]
    tensors = synthetic.make(network, 1)
    assert sameness.compare(tensors, dict(tensors), network, network).same
    half = {key: value.astype(np.float16).astype(np.float32) for key, value in tensors.items()}
    found = sameness.compare(half, tensors, network, network)
    assert found.explained
    assert parts(found) == {"half-of"}
    other = synthetic.make(network, 2)
    assert len(sameness.compare(other, tensors, network, network).different) > 0


def test_float32_rounding_is_no_difference(tensors: Tensors) -> None:
    other = {name: np.nextafter(values, np.float32(9)) for name, values in tensors.items()}
    found = compared(other, tensors)
    assert found.same
    assert sameness.details(found) == ["  12 tensors differ by the rounding of float32 alone"]


def test_a_bias_of_zeros_is_none() -> None:
    a, first = chain((0, 1, 2), "torch", None)
    first["torch2.bias"][:] = 0
    nodes = tuple(
        replace(node, tensors={"kernel": node.tensors["kernel"]}) if node.name == "torch2" else node
        for node in a.nodes
    )
    shapes = {name: shape for name, shape in a.tensors.items() if name != "torch2.bias"}
    b = replace(a, nodes=nodes, tensors=shapes)
    assert sameness.compare(first, first, a, b).same


WRITTEN = [format_ for format_ in BY_NAME.values() if format_.write is not None]


def test_files_of_every_format_hold_the_same_weights(tmp_path: Path) -> None:
    """As the network that is asked for, and as the one that the file states."""
    network = NETWORKS["vgg16-tiny-notop"]
    tensors = random_tensors(network, 2)
    given = [Given("made", network, tensors)]
    for format_ in WRITTEN:
        path = tmp_path / f"{format_.name}{format_.suffixes[0]}"
        converting.convert(tensors, network, path, format_)
        given.append(given_as(path.name, open_weights(path, network)))
        read = opening.stated_network(path)
        if read is not None:
            given.append(Given(f"{path.name}, its graph", read.network, read.tensors))
    assert len(given) > len(WRITTEN) + 4
    for first, second in itertools.pairwise(given):
        verdict = verify(first, second)
        assert verdict.same, verdict.lines
        assert verdict.sentence == f"{first.title} and {second.title} are the same weights."


def test_names_in_the_files_are_shown(tmp_path: Path) -> None:
    network = NETWORKS["vgg16-tiny"]
    tensors = random_tensors(network, 2)
    converting.convert(tensors, network, tmp_path / "a.pth", BY_NAME["torchvision"])
    tensors["conv1_2.bias"][0] += 1
    converting.convert(tensors, network, tmp_path / "b.h5", BY_NAME["keras-h5"])
    paths = str(tmp_path / "a.pth"), str(tmp_path / "b.h5")
    verdict = verify(*open_both(*paths, titles=("a.pth", "b.h5")))
    assert not verdict.same
    assert verdict.lines[1] == "A is a.pth, B is b.h5"
    assert verdict.lines[2].startswith(
        "  conv1_2.bias (features.2.bias in A, block1_conv2_b_1:0 in B): 1 of 4 values"
    )


def test_tensors_alone_are_read_as_the_network_that_the_other_file_states(tmp_path: Path) -> None:
    network, tensors = chain((0, 1, 2), "mine", "RGB")
    onnx, names = tmp_path / "mine.onnx", tmp_path / "mine.npz"
    with onnx.open("wb"):
        writing.WRITERS["onnx"].write(onnx, network, tensors)
    np.savez(names, **{name.replace("mine", "layer"): t for name, t in tensors.items()})
    for pair in ((onnx, names), (names, onnx)):
        verdict = verify(*open_both(*map(str, pair)))
        assert verdict.same, verdict.lines


# --- chance ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_random_weights_are_never_explained(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [int(width) for width in rng.integers(2, 14, 6)]
    model = vgg("any", ((widths[0], widths[1]), (widths[2],)), (widths[3], widths[4]), 6, (8, 8))
    found = compared(random_tensors(model, 2 * seed), random_tensors(model, 2 * seed + 1), model)
    assert not found.changed and not found.equal
    assert not found.trained_further
    assert "different trainings" in sameness.sentence(found, "a", "b")


@pytest.mark.parametrize("seed", range(10))
def test_random_networks_with_normalisation_are_never_explained(seed: int) -> None:
    network, tensors = with_normalisation()
    rng = np.random.default_rng(seed)
    folded = fold(network, tensors).network
    other = {name: rng.normal(size=s).astype(np.float32) for name, s in folded.tensors.items()}
    for first, second in (
        ((tensors, network), (other, folded)),
        ((other, folded), (tensors, network)),
    ):
        found = sameness.compare(first[0], second[0], first[1], second[1])
        assert not found.changed and not found.equal


# --- the verdict ----------------------------------------------------------------------------


def test_origins_stand_below_the_result() -> None:
    network = NETWORKS["vgg16-tiny"]
    given = [Given(f"synthetic:{s}", network, synthetic.make(network, s)) for s in (3, 4)]
    verdict = verify(*given)
    assert not verdict.same
    assert verdict.lines[0].startswith("synthetic:3 and synthetic:4 are different weights")
    assert verdict.lines[-2:] == [
        "origin of synthetic:3: synthetic weights of netparity, seed 3: not trained.",
        "origin of synthetic:4: synthetic weights of netparity, seed 4: not trained.",
    ]
    assert verdict.as_dict()["origins"] == [
        f"synthetic weights of netparity, seed {seed}: not trained." for seed in (3, 4)
    ]


def test_networks_count_if_both_files_state_theirs() -> None:
    network = NETWORKS["vgg16-tiny"]
    tensors = synthetic.make(network, 3)
    without = replace(network, nodes=network.nodes[:-1])
    a = Given("a.h5", network, tensors, states_network=True)
    b = Given("b.onnx", without, tensors, states_network=True)
    verdict = verify(a, b)
    assert verdict.lines[1] == "A is a.h5, B is b.onnx"
    assert verdict.found.same and not verdict.same
    assert verdict.sentence == (
        "a.h5 and b.onnx are the same weights. Their networks are not the same function."
    )
    assert verdict.structure == ("A has a softmax after prob (prob_linear in B); B has none",)
    assert verify(a, replace(b, states_network=False)).same
