"""Where weights come from is told by their values: published ones, or how they were drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netparity.networks import NETWORKS, Preprocessing
from netparity.networks.catalogue.vgg import vgg
from netparity.weights import synthetic
from netparity.weights.origin import origin, origin_sentence
from netparity.weights.origin.finding import layers_of
from netparity.weights.origin.input_scale import input_deviation
from netparity.weights.origin.known import VGG16_OXFORD, VGG19_OXFORD
from netparity.weights.origin.known_torchvision import TORCHVISION, VGG16_TORCHVISION
from netparity.weights.origin.untrained import INITIALISATIONS, drawn_as
from tests.support.graph_jobs import Sketch

VGG16 = NETWORKS["vgg16-notop"]
VGG19 = NETWORKS["vgg19-notop"]
NARROW = vgg("narrow", ((64, 64), (128, 128)), (), 0, (32, 32))
"""The first layers of VGG16 alone."""

# github.com, two notebooks: torchvision.models.vgg16(pretrained=True).features[0].bias.
BIASES = """
0.4034 0.3778 0.4644 -0.3228 0.3940 -0.3953 0.3951 -0.5496 0.2693 -0.7602 -0.3508 0.2334 -1.3239
-0.1694 0.3938 -0.1026 0.0460 -0.6995 0.1549 0.5628 0.3011 0.3425 0.1073 0.4651 0.1295 0.0788
-0.0492 -0.5638 0.1465 -0.3890 -0.0715 0.0649 0.2768 0.3279 0.5682 -1.2640 -0.8368 -0.9485 0.1358
0.2727 0.1841 -0.5325 0.3507 -0.0827 -1.0248 -0.6912 -0.7711 0.2612 0.4033 -0.4802 -0.3066 0.5807
-1.3325 0.4844 -0.8160 0.2386 0.2300 0.4979 0.5553 0.5230 -0.2182 0.0117 -0.5516 0.2108
"""


def heavy_tailed(network, seed=1):
    """Values that no initialisation draws, as those of trained kernels."""
    rng = np.random.default_rng(seed)
    return {
        name: (0.02 * rng.standard_t(4, shape)).astype(np.float32)
        for name, shape in network.tensors.items()
    }


def with_published(network, training):
    tensors = heavy_tailed(network)
    for number, layer in enumerate(layers_of(network)):
        facts = training.layers.get(number)
        if facts is not None:
            kernel, bias = tensors[layer.kernel], tensors[layer.bias]
            planted(kernel, facts.kernel or {}, facts.kernel_statistics)
            planted(bias, facts.bias or {}, facts.bias_statistics)
    return tensors


def planted(values, published, statistics) -> None:
    """Set the published values, and the others so that all have the published statistics."""
    free = np.ones(values.shape, bool)
    for place, value in published.items():
        values[place], free[place] = value, False
    if statistics is None:
        return
    mean, deviation = statistics
    fixed, rest = values[~free].astype(np.float64), values[free].astype(np.float64)
    n = values.size
    centre = (n * mean - fixed.sum()) / rest.size
    squares = (n - 1) * deviation**2 + n * mean**2 - np.sum(fixed**2)
    spread = np.sqrt(squares / rest.size - centre**2)
    values[free] = (rest - rest.mean()) / rest.std() * spread + centre


@pytest.fixture(scope="module")
def oxford():
    return with_published(VGG16, VGG16_OXFORD)


def test_published_biases_have_the_published_statistics() -> None:
    values = np.array(BIASES.split(), np.float64)
    mean, deviation = VGG16_TORCHVISION.layers[0].bias_statistics or (0, 0)
    assert values.mean() == pytest.approx(mean, abs=5e-5)
    assert values.std(ddof=1) == pytest.approx(deviation, abs=5e-5)
    first = VGG16_TORCHVISION.layers[0].bias or {}
    assert list(first.values()) == list(values[:10])


def test_keras_and_matconvnets_vgg16_are_oxfords(oxford) -> None:
    found = origin(VGG16, oxford)
    assert found is not None and found.known is not None
    assert found.name == "vgg16-oxford"
    assert len(found.known.same) == 13
    assert found.known.reversed is False
    assert found.sentence == (
        "the weights of Oxford's VGG16 (trained in Caffe; Keras and MatConvNet publish them too): "
        "the published values of 13 layers agree"
    )


def test_a_first_layer_in_the_reverse_order_is_told(oxford) -> None:
    """vgg16-00b39a1b.pth takes BGR; as a state dict it is read as RGB."""
    tensors = {**oxford, "conv1_1.kernel": oxford["conv1_1.kernel"][:, :, ::-1]}
    found = origin_sentence(VGG16, tensors) or ""
    assert found.endswith("; the first layer takes BGR, the reverse of what the network states.")
    entry = replace(VGG16.inputs[0], preprocessing=Preprocessing("BGR", (103.939, 116.779, 123.68)))
    bgr = replace(VGG16, inputs=(entry,))
    assert "reverse" not in (origin_sentence(bgr, tensors) or "reverse")


def test_an_image_of_another_scale_is_told(oxford) -> None:
    deviation = np.float32([58.395, 57.12, 57.375])
    kernel = oxford["conv1_1.kernel"] * deviation[:, None]
    found = origin_sentence(VGG16, {**oxford, "conv1_1.kernel": kernel}) or ""
    assert "the published one times (58.4, 57.1, 57.4) for red, green and blue" in found
    assert "13 layers agree" in found


@pytest.mark.parametrize("precision", [np.float16, "bfloat16"])
def test_rounded_weights_are_recognised(oxford, precision) -> None:
    def narrowed(values):
        if precision == "bfloat16":
            bits = values.view(np.uint32) + np.uint32(0x8000)
            return (bits & np.uint32(0xFFFF0000)).view(np.float32)
        return values.astype(precision).astype(np.float32)

    for training, network in ((VGG16_OXFORD, VGG16), (VGG16_TORCHVISION, NARROW)):
        tensors = oxford if network is VGG16 else with_published(network, training)
        found = origin(network, {name: narrowed(values) for name, values in tensors.items()})
        assert found is not None
        assert found.name == training.name
        assert found.known is not None and not found.known.other


def test_layers_that_were_trained_further_are_named(oxford) -> None:
    tensors = dict(oxford)
    for name in ("conv5_2", "conv5_3"):
        tensors[f"{name}.kernel"] = oxford[f"{name}.kernel"] + np.float32(0.01)
    found = origin_sentence(VGG16, tensors) or ""
    assert "in 11 of 13 layers; conv5_2 and conv5_3 were trained further or replaced" in found


def test_weights_near_the_published_ones_were_trained_further_from_them(oxford) -> None:
    rng = np.random.default_rng(5)
    tensors = {
        name: values + 0.02 * rng.standard_normal(values.shape, np.float32)
        for name, values in oxford.items()
    }
    found = origin_sentence(VGG16, tensors) or ""
    assert found.startswith("trained further from the weights of Oxford's VGG16")


def test_vgg19_is_another_training() -> None:
    found = origin(VGG19, with_published(VGG19, VGG19_OXFORD))
    assert found is not None and found.name == "vgg19-oxford"


@pytest.mark.parametrize("training", TORCHVISION, ids=lambda training: training.name)
def test_torchvisions_weights_expect_another_image(training) -> None:
    widths = ((64, 64), (128, 128)) if training.first[0] == 3 else None
    if widths is None:
        s = Sketch((63, 63, 3))
        s.add(
            "c1",
            "conv",
            strides=(4, 4),
            tensors={"kernel": s.normal(11, 11, 3, 64), "bias": s.normal(64)},
        )
        s.add("r1", "relu", "c1")
        s.add(
            "c2", "conv", "r1", tensors={"kernel": s.normal(5, 5, 64, 192), "bias": s.normal(192)}
        )
        network = s.network()
    else:
        blocks = ((64,), (128,), (256, 256)) if "11" in training.name else widths
        network = vgg("narrow", blocks, (), 0, (32, 32))
    found = origin(network, with_published(network, training))
    assert found is not None
    assert found.name == training.name
    assert "they expect RGB images of 0 to 1 less the mean (0.485, 0.456, 0.406)" in found.sentence


def test_statistics_know_no_order() -> None:
    """A file whose kernels are rotated or flattened otherwise comes from the same training."""
    tensors = with_published(NARROW, TORCHVISION[1])
    turned = {name: np.flip(values) for name, values in tensors.items()}
    found = origin(NARROW, turned)
    assert found is not None and found.name == "vgg19-torchvision"


@pytest.mark.parametrize("seed", range(20))
def test_other_weights_have_no_origin(seed: int) -> None:
    assert origin(NARROW, heavy_tailed(NARROW, seed)) is None


@pytest.mark.parametrize("name", ["vgg16-tiny", "vgg19-tiny-notop", "resnet-tiny"])
def test_synthetic_weights_are_told_with_their_seed(name: str) -> None:
    network = NETWORKS[name]
    found = origin(network, synthetic.make(network, 7))
    assert found is not None and found.is_untrained
    assert found.sentence == "synthetic weights of netparity, seed 7: not trained"
    turned = {
        name: np.ascontiguousarray(values[::-1, ::-1, ::-1]) if values.ndim == 4 else values
        for name, values in synthetic.make(network, 7).items()
    }
    found = origin(network, turned)
    assert found is not None and found.seed == 7


def drawn(entry, shape, rng):
    fan_in, fan_out = np.prod(shape[:-1]), np.prod(shape[:-2]) * shape[-1]
    deviation = entry.deviation(fan_in, fan_out)
    if entry.kind == "uniform":
        return rng.uniform(-1, 1, shape) * deviation * np.sqrt(3)
    if entry.kind == "normal":
        return rng.normal(0, deviation, shape)
    values = rng.standard_normal(2 * np.prod(shape))
    values = values[np.abs(values) < 2][: np.prod(shape)]
    return (values * deviation / 0.8796256610342398).reshape(shape)


@pytest.mark.parametrize("entry", INITIALISATIONS, ids=lambda entry: entry.words)
def test_every_initialisation_is_recognised(entry) -> None:
    rng = np.random.default_rng(3)
    for shape in ((3, 3, 48, 64), (3, 3, 64, 100), (512, 200)):
        found = drawn_as(drawn(entry, shape, rng).astype(np.float32))
        assert found is not None and found.words == entry.words, shape


def test_a_new_head_on_trained_layers_is_named() -> None:
    tensors = heavy_tailed(NETWORKS["vgg16-tiny"])
    rng = np.random.default_rng(4)
    shape = tensors["fc7.kernel"].shape
    bound = np.sqrt(6 / (shape[2] + shape[3]))
    tensors["fc7.kernel"] = rng.uniform(-bound, bound, shape).astype(np.float32)
    assert origin_sentence(NETWORKS["vgg16-tiny"], tensors) == (
        "not trained: fc7, whose kernels are uniform within sqrt(6 / (fan-in + fan-out)) (Glorot)."
    )


def test_a_whole_network_that_no_one_trained() -> None:
    rng = np.random.default_rng(8)
    tensors = {}
    for name, shape in NARROW.tensors.items():
        fan = np.prod(shape[:-2]) * sum(shape[-2:]) if len(shape) > 1 else 1
        bound = np.sqrt(6 / fan) if len(shape) > 1 else 0
        tensors[name] = rng.uniform(-bound, bound, shape).astype(np.float32)
    found = origin(NARROW, tensors)
    assert found is not None and found.is_untrained
    assert found.sentence == (
        "not trained: the kernels are uniform within sqrt(6 / (fan-in + fan-out)) (Glorot)"
    )


@pytest.mark.parametrize("size", [0.25, 1.0, 60.0])
def test_a_batch_normalisation_keeps_the_size_of_the_images(size: float) -> None:
    s = Sketch((32, 32, 3))
    kernel = s.normal(3, 3, 3, 16)
    variance = (size**2 * np.sum(kernel**2, axis=(0, 1, 2))).astype(np.float32)
    ones, zeros = np.ones(16, np.float32), np.zeros(16, np.float32)
    s.add("conv", "conv", tensors={"kernel": kernel})
    roles = {"mean": zeros, "variance": variance, "scale": ones, "bias": zeros}
    s.add("bn", "batch_norm", "conv", epsilon=1e-5, tensors=roles)
    network = s.network()
    assert input_deviation(network, s.tensors) == pytest.approx(size, rel=1e-5)
    found = origin_sentence(network, s.tensors) or ""
    assert ("such as those of 0 to 255" in found) == (size == 60.0)
    assert ("not on values of 0 to 255" in found) == (size < 2)


def test_torchvisions_vgg16_bn_tells_that_images_were_normalised() -> None:
    """github.com/PaddlePaddle/GraphNet, samples/vgg16_bn: the first kernel and its variance."""
    kernel, variance = 0.1806927472, 0.5449638367
    deviation = np.sqrt(64 * variance / (1728 * kernel**2))
    assert 0.3 < deviation < 3
