"""Tensors find their places by order, shape and structure, whatever they are called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from netparity.errors import InputError
from netparity.files.stored import Stored
from netparity.networks import NETWORKS, Network
from netparity.networks.catalogue import vgg
from netparity.weights.listing import KERAS, TORCH, UNKNOWN, Convention, Listing
from netparity.weights.matching import (
    Match,
    identify,
    match,
    naming_map,
    other_arithmetic,
    refusing,
    stated,
)
from netparity.weights.matching.slots import slots_of
from netparity.weights.synthetic import make
from tests.support.cases import NANO, random_tensors

Array = npt.NDArray[np.float32]
TINY, NOTOP = NETWORKS["vgg16-tiny"], NETWORKS["vgg16-tiny-notop"]
BN = NETWORKS["vgg16-tiny-bn"]


def listing(
    arrays: Mapping[str, Array], convention: Convention = TORCH, ordered: bool = True
) -> Listing:
    return Listing(
        {name: of_array(name, np.ascontiguousarray(array)) for name, array in arrays.items()},
        convention,
        "a test says so",
        ordered,
    )


def of_array(name: str, array: Array) -> Stored:
    flat = array.reshape(-1)
    return Stored(name, array.shape, array.dtype, lambda start, stop: flat[start:stop])


def layers(network: Network, tensors: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """Each layer's tensors by role, in the network's order."""
    for slot in slots_of(network):
        yield {role: tensors[name] for role, name in slot.roles.items()}


def torch_kernel(kernel: Array) -> Array:
    """Dense layers of VGG are kernels as large as the map that they read."""
    return kernel.transpose(3, 2, 0, 1)


def torch(network: Network, tensors: Mapping[str, Array]) -> list[dict[str, Array]]:
    """The layers as PyTorch has them; dense layers are matrices."""
    found = []
    for slot, given in zip(slots_of(network), layers(network, tensors), strict=True):
        layer = dict(given)
        if "kernel" in layer:
            kernel = torch_kernel(layer["kernel"])
            layer["kernel"] = kernel if slot.node.op == "conv" else kernel.reshape(len(kernel), -1)
        found.append(layer)
    return found


def names_of_torch(layer: Mapping[str, Array]) -> dict[str, str]:
    if "kernel" in layer:
        return {"kernel": "weight", "bias": "bias"}
    roles = {"scale": "weight", "bias": "bias", "mean": "running_mean"}
    return roles | {"variance": "running_var"}


def state_dict(found: list[dict[str, Array]], name: Callable[[int], str]) -> dict[str, Array]:
    return {
        f"{name(place)}.{names_of_torch(layer)[role]}": values
        for place, layer in enumerate(found)
        for role, values in layer.items()
    }


def assert_same(found: Match | None, network: Network, tensors: Mapping[str, Array]) -> None:
    assert found is not None
    assert dict(found.network.tensors) == dict(network.tensors)
    for name, placed in found.tensors.items():
        np.testing.assert_array_equal(placed.load(), tensors[name], name)


SPELLINGS: dict[str, Callable[[int], str]] = {
    "DataParallel": lambda at: f"module.features.{at}" if at < 13 else f"module.classifier.{at}",
    "bare numbers": lambda at: f"{3 * at}",
    "compiled": lambda at: f"_orig_mod.features.{at}" if at < 13 else f"_orig_mod.head.{at}",
    "Caffe's": lambda at: f"conv{at}_1" if at < 13 else f"fc{at}",
    "one prefix": lambda at: f"vgg.backbone.layer{at}",
    "blocks": lambda at: f"block{at // 3}.{at % 3}" if at < 13 else f"out.{at}",
}


@pytest.mark.parametrize("name", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("ordered", [True, False])
def test_names_do_not_matter(name: Callable[[int], str], ordered: bool) -> None:
    tensors = random_tensors(NANO)
    arrays = state_dict(torch(NANO, tensors), name)
    if not ordered:
        arrays = dict(sorted(arrays.items()))  # as safetensors and JAX store them
    found = match(listing(arrays, ordered=ordered), NANO)
    assert_same(found, NANO, tensors)
    assert found is not None
    assert (found.left_out, found.notes, found.uncertain) == ((), (), None)


def test_the_network_is_found() -> None:
    tensors = make(TINY, 0)
    found = identify(listing(state_dict(torch(TINY, tensors), str)), NETWORKS.values())
    assert_same(found, TINY, tensors)
    assert found is not None
    assert found.network is TINY


def test_a_list_without_names() -> None:
    """As `numpy.savez(file, *model.get_weights())` writes it."""
    tensors = random_tensors(NANO)
    arrays = {}
    for slot, layer in zip(slots_of(NANO), layers(NANO, tensors), strict=True):
        kernel = layer["kernel"]
        matrix = kernel if slot.node.op == "conv" else kernel.reshape(-1, kernel.shape[-1])
        arrays[f"arr_{len(arrays)}"] = matrix
        arrays[f"arr_{len(arrays)}"] = layer["bias"]
    shuffled = dict(sorted(arrays.items()))
    assert_same(match(listing(shuffled, UNKNOWN, ordered=False), NANO), NANO, tensors)


def test_keras_takes_bgr_and_matrices_of_inputs_and_units() -> None:
    tensors = random_tensors(NANO)
    arrays = {}
    for place, (slot, layer) in enumerate(zip(slots_of(NANO), layers(NANO, tensors), strict=True)):
        kernel = layer["kernel"][:, :, ::-1] if place == 0 else layer["kernel"]
        matrix = kernel if slot.node.op == "conv" else kernel.reshape(-1, kernel.shape[-1])
        arrays |= {f"layer_{place}/kernel:0": matrix, f"layer_{place}/bias:0": layer["bias"]}
    found = match(listing(arrays, KERAS), NANO)
    assert_same(found, NANO, tensors)


def test_another_number_of_classes() -> None:
    other = vgg.vgg("other", ((2,), (3, 2), (2,), (2,), (2,)), (3, 2), 7, (64, 64))
    tensors = random_tensors(other)
    found = match(listing(state_dict(torch(other, tensors), str)), NANO)
    assert_same(found, other, tensors)
    assert found is not None
    assert found.notes == ("it has 7 classes instead of 2",)


def test_a_head_of_its_own_is_named_and_left_out() -> None:
    tensors = random_tensors(NOTOP)
    arrays = state_dict(torch(NOTOP, tensors), lambda at: f"features.{at}")
    arrays |= {"head.weight": np.zeros((5, 32), "f4"), "head.bias": np.zeros(5, "f4")}
    found = match(listing(arrays), TINY)
    assert_same(found, NOTOP, tensors)
    assert found is not None
    assert found.network is NOTOP
    assert found.left_out == (f"head, which belongs to no layer of {NOTOP.name}",)
    assert "it has no weights for fc6, fc7, prob of vgg16-tiny" in found.notes[0]


def test_batch_normalisation_makes_it_the_network_with_it() -> None:
    tensors = make(BN, 0)
    arrays = state_dict(torch(BN, tensors), lambda at: f"features.{at}")
    arrays |= {"features.1.num_batches_tracked": np.array(7)}
    for found in (match(listing(arrays), TINY), identify(listing(arrays), NETWORKS.values())):
        assert_same(found, BN, tensors)
        assert found is not None
        assert found.left_out == ("1 counter (features.1.num_batches_tracked)",)


def test_convolutions_before_a_normalisation_need_no_bias() -> None:
    tensors = make(BN, 0)
    convs = [slot for slot in slots_of(BN) if slot.node.op == "conv"]
    for slot in convs:
        tensors[slot.roles["bias"]][:] = 0
    arrays = state_dict(torch(BN, tensors), lambda at: f"f.{at}")
    names = [f"f.{place}" for place, slot in enumerate(slots_of(BN)) if slot.node.op == "conv"]
    arrays = {name: values for name, values in arrays.items() if name[:-5] not in names}
    found = match(listing(arrays), TINY)
    assert_same(found, BN, tensors)
    assert found is not None
    assert "have no bias, which is taken as 0" in " ".join(found.notes)


def test_a_normalisation_without_a_place_ends_the_network() -> None:
    tensors = random_tensors(NANO)
    arrays: dict[str, Array] = {}
    for place, layer in enumerate(torch(NANO, tensors)):
        if place == 6:
            roles = ("weight", "bias", "running_mean", "running_var")
            arrays |= {f"stray.{role}": np.ones(2, "f4") for role in roles}
        arrays |= state_dict([layer], lambda _, place=place: f"layer{place}")
    found = match(listing(arrays), NANO)
    assert found is not None
    assert [node.name for node in found.network.nodes][-1] == "pool5"
    assert "stray" in found.left_out[0]


def test_the_beginning_of_a_network() -> None:
    tensors = random_tensors(TINY)
    arrays = state_dict(torch(TINY, tensors)[:10], lambda at: f"f.{at}")
    for found in (match(listing(arrays), TINY), identify(listing(arrays), NETWORKS.values())):
        assert found is not None
        assert [node.name for node in found.network.nodes][-1] == "pool4"
        assert "which is taken without them" in found.notes[0]


def test_two_backbones_in_one_file() -> None:
    one, two = random_tensors(NANO, 1), random_tensors(NANO, 2)
    arrays = state_dict(torch(NANO, one), lambda at: f"a.{at}")
    arrays |= state_dict(torch(NANO, two), lambda at: f"b.{at}")
    found = match(listing(arrays), NANO)
    assert_same(found, NANO, one)
    assert found is not None
    assert "more than once; those from 'a.0' on are taken" in found.notes[0]


def test_the_state_of_an_optimizer_is_left_out() -> None:
    tensors = random_tensors(NANO)
    arrays = {}
    for place, layer in enumerate(layers(NANO, tensors)):
        for role, name in (("kernel", "weights"), ("bias", "biases")):
            arrays[f"vgg/conv{place}/{name}"] = layer[role]
            arrays[f"vgg/conv{place}/{name}/Momentum"] = layer[role]
    arrays["global_step"] = np.array(1e4, "f4")
    found = match(listing(arrays, UNKNOWN), NANO)
    assert_same(found, NANO, tensors)
    assert found is not None
    assert len(found.left_out) == 2


def test_dense_layers_may_be_convolutions() -> None:
    tensors = random_tensors(NANO)
    arrays = {}
    for place, layer in enumerate(layers(NANO, tensors)):
        arrays |= {f"{place}.weight": torch_kernel(layer["kernel"]), f"{place}.bias": layer["bias"]}
    assert_same(match(listing(arrays), NANO), NANO, tensors)


def test_what_is_not_weights_is_counted() -> None:
    arrays = state_dict(torch(NANO, random_tensors(NANO)), lambda place: f"{place}")
    counted = np.array(7)
    found = match(listing({**arrays, "n_averaged": counted}), NANO)
    assert found is not None
    assert found.left_out == ("1 tensor that is not a weight (n_averaged)",)
    found = match(listing({**arrays, "a": counted, "b": counted}), NANO)
    assert found is not None
    assert found.left_out == ("2 tensors that are not weights (a, ...)",)


@pytest.mark.parametrize(("convention", "epsilon"), [(KERAS, 1e-3), (TORCH, 1e-5)])
@pytest.mark.parametrize("model", [BN, TINY, None])
def test_batch_normalisations_have_the_epsilon_of_the_files_tool(
    convention: Convention, epsilon: float, model: Network | None
) -> None:
    """A file of tensors holds none: Keras's default is 1e-3, PyTorch's 1e-5."""
    tensors = make(BN, 0)
    arrays = state_dict(torch(BN, tensors), lambda place: f"layer.{place}")
    if convention is KERAS:
        names = {"scale": "gamma", "mean": "moving_mean", "variance": "moving_variance"}
        arrays = {}
        for place, layer in enumerate(layers(BN, tensors)):
            for role, array in layer.items():
                own = "beta" if role == "bias" and "scale" in layer else names.get(role, role)
                matrix = role == "kernel" and array.shape[:2] == (1, 1)
                arrays[f"layer_{place}/{own}"] = array[0, 0] if matrix else array
    listed = listing(arrays, convention)
    found = identify(listed, NETWORKS.values()) if model is None else match(listed, model)
    assert found is not None
    stated = {node.attributes["epsilon"] for node in found.network.nodes if node.op == "batch_norm"}
    assert (found.network.name, stated) == (BN.name, {epsilon})


RESNET = NETWORKS["resnet-tiny"]


def torch_resnet(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """In the order in which torchvision defines a ResNet: the shortcut of a block is its last."""
    slots = slots_of(RESNET)
    found = dict(zip([slot.node.name for slot in slots], torch(RESNET, tensors), strict=True))
    main = [slot for slot in slots if not slot.branch]
    arrays: dict[str, Array] = {}
    kinds = {"conv": "conv", "batch_norm": "bn", "dense": "fc"}
    for place, slot in enumerate(main):
        name = f"layer.{place}.{kinds[slot.node.op]}"
        arrays |= state_dict([found[slot.node.name]], lambda _, name=name: name)
    for place, slot in enumerate(slot for slot in slots if slot.branch):
        name = f"layer.{place}.downsample.{kinds[slot.node.op]}"
        arrays |= state_dict([found[slot.node.name]], lambda _, name=name: name)
    return arrays


def test_branches_are_told_by_their_names() -> None:
    tensors = make(RESNET, 0)
    assert any(slot.branch for slot in slots_of(RESNET))
    assert_same(match(listing(torch_resnet(tensors)), RESNET), RESNET, tensors)


def test_torchvisions_resnet_is_another_function_than_caffes() -> None:
    arrays = {"layer1.0.conv2.weight": np.zeros((1, 1, 3, 3), "f4")}
    words = other_arithmetic(listing(arrays), NETWORKS["resnet50"])
    assert words is not None
    assert "fix: --model torchvision:resnet50" in words
    assert other_arithmetic(listing(arrays), TINY) is None
    assert other_arithmetic(listing({"conv2.weight": np.zeros(1)}), NETWORKS["resnet50"]) is None


@pytest.mark.parametrize("name", ["mobilenet-tiny", "googlenet-tiny", "alexnet-tiny"])
def test_any_network_in_its_own_order(name: str) -> None:
    network = NETWORKS[name]
    tensors = make(network, 0)
    arrays = state_dict(torch(network, tensors), lambda at: f"m{at}")
    assert_same(match(listing(arrays), network), network, tensors)


def test_a_depthwise_kernel_of_keras() -> None:
    network = NETWORKS["mobilenet-tiny"]
    tensors = make(network, 0)
    arrays = {}
    for place, (slot, layer) in enumerate(
        zip(slots_of(network), layers(network, tensors), strict=True)
    ):
        for role, values in layer.items():
            deep = role == "kernel" and slot.grouped
            names = {"kernel": "depthwise_kernel" if deep else "kernel", "scale": "gamma"}
            arrays[f"layer{place}/{names.get(role, role)}"] = (
                values.transpose(0, 1, 3, 2) if deep else values
            )
    convention = Convention(("HWIO",), ("IO",))
    assert_same(match(listing(arrays, convention), network), network, tensors)


# --- what is not certain ------------------------------------------------------------------------


@pytest.fixture
def unnamed() -> tuple[dict[str, Array], dict[str, Array], dict[str, str]]:
    """Layers whose names say nothing, in alphabetical order; and which is which."""
    tensors = random_tensors(TINY)
    words = [f"{chr(ord('a') + 7 * place % 26)}x" for place in range(16)]
    arrays = state_dict(torch(TINY, tensors), words.__getitem__)
    named = {slot.name: word for slot, word in zip(slots_of(TINY), words, strict=True)}
    return tensors, dict(sorted(arrays.items())), named


def test_what_is_not_certain_is_said(unnamed) -> None:
    _, arrays, _ = unnamed
    found = match(listing(arrays, ordered=False), TINY)
    assert found is None or found.uncertain is not None


def test_the_user_says_which_is_which(unnamed, tmp_path: Path) -> None:
    tensors, arrays, named = unnamed
    path = tmp_path / "names.txt"
    path.write_text("".join(f"{name} = {other}\n" for name, other in named.items()))
    found = stated(listing(arrays, ordered=False), TINY, naming_map.read_map(path), path)
    assert_same(found, TINY, tensors)
    path.write_text(json.dumps(named))
    assert naming_map.read_map(path) == named


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("conv1_1 = nothing", "the file has no layer 'nothing'"),
        ("conv9_9 = ax", "has no layer 'conv9_9' with weights"),
        ("conv1_1", "not of the form"),
        ("conv1_1 = ax\nconv1_1 = hx", "named twice"),
        ("conv1_1 = ax", "names nothing for conv1_2"),
        ("{not JSON", "not valid JSON"),
    ],
)
def test_a_map_that_cannot_be_followed(unnamed, tmp_path: Path, lines: str, words: str) -> None:
    _, arrays, _ = unnamed
    path = tmp_path / "names.txt"
    path.write_text(lines)
    with pytest.raises(InputError, match=words):
        stated(listing(arrays, ordered=False), TINY, naming_map.read_map(path), path)


def test_numbers_that_contradict_the_order_are_not_certain() -> None:
    arrays = state_dict(torch(TINY, random_tensors(TINY)), lambda at: f"conv{20 - at}")
    found = match(listing(arrays), TINY)
    assert found is not None
    assert found.uncertain is not None
    assert "--map FILE" in refusing.uncertain(found)


# --- what does not fit --------------------------------------------------------------------------


def refused(arrays: Mapping[str, Array], network: Network = NANO) -> str:
    given = listing(arrays)
    assert match(given, network) is None
    return refusing.refusal(given, network, identify(given, NETWORKS.values()))


def test_the_first_layer_that_does_not_fit_is_named_in_the_tools_own_order() -> None:
    arrays = state_dict(torch(NANO, random_tensors(NANO)), lambda at: f"f.{at}")
    arrays["f.1.weight"] = np.zeros((5, 2, 3, 3), "f4")
    words = refused(arrays)
    assert "conv2_1 of nano needs a kernel of 3 x 2 x 3 x 3 (O x I x H x W)" in words
    assert "'f.1' has a kernel of 5 x 2 x 3 x 3" in words


def test_the_network_that_it_is_is_named() -> None:
    arrays = state_dict(torch(TINY, make(TINY, 0)), lambda at: f"f.{at}")
    assert "fix: --model vgg16-tiny" in refused(arrays, NETWORKS["vgg16"])


def test_no_layers_at_all() -> None:
    assert "none is the kernel of a layer" in refused({"x": np.zeros(3, "f4")})


def test_an_unrelated_file_matches_nothing() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        shapes = [tuple(rng.integers(1, 9, 4)) for _ in range(12)]
        arrays = {f"{at}.weight": np.zeros(shape, "f4") for at, shape in enumerate(shapes)}
        assert identify(listing(arrays), NETWORKS.values()) is None
