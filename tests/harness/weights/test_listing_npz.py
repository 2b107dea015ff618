"""What an .npz lists: Keras's, TensorFlow's, PyTorch's and Caffe's names, or numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.weights.formats import BY_NAME
from netparity.weights.listing import TORCH
from tests.support.cases import NANO, random_tensors
from tests.support.listings import listed, refused, values

RANDOM = np.random.default_rng(0)
CONV, MATRIX = (3, 3, 3, 4), (16, 5)


def random(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype("<f4")


def npz(path: Path, *numbered: np.ndarray, **named: np.ndarray) -> Path:
    np.savez(path, *numbered, **named)
    return path


def test_names_of_keras_and_its_order(tmp_path: Path) -> None:
    """All kernels first and then all biases, as a script may list them."""
    kernels = {"block1_conv1/kernel:0": random(*CONV), "fc1/kernel:0": random(*MATRIX)}
    given = kernels | {"block1_conv1/bias:0": random(4), "fc1/bias:0": random(5)}
    found = listed(npz(tmp_path / "w.npz", **given))
    assert list(found.tensors) == list(given)
    assert found.convention.kernels == ("HWIO",) and found.convention.matrices == ("IO",)
    assert found.convention.first == "BGR" and found.ordered
    assert all(np.array_equal(given[name], array) for name, array in values(found).items())


@pytest.mark.parametrize("mark", ["\\", "_", "/"])
@pytest.mark.parametrize("end", [":0", "_0", ""])
def test_separators_that_saving_changes(tmp_path: Path, mark: str, end: str) -> None:
    given = {
        f"block1_conv1{mark}kernel{end}": random(*CONV),
        f"block1_conv1{mark}bias{end}": random(4),
    }
    found = listed(npz(tmp_path / "w.npz", **given))
    expected = ["block1_conv1/kernel", "block1_conv1/bias"]
    assert [name.removesuffix(":0") for name in found.tensors] == expected
    assert [stored.name for stored in found.tensors.values()] == list(given)
    assert found.convention.first == "BGR"


def test_names_of_tf_slim_without_the_state_of_training(tmp_path: Path) -> None:
    given = {}
    for name, shape in {"conv1/conv1_1": CONV, "fc6": (7, 7, 4, 16), "fc8": (1, 1, 16, 5)}.items():
        given[f"vgg_16/{name}/weights"] = random(*shape)
        given[f"vgg_16/{name}/biases"] = random(shape[-1])
    state = {f"{name}/{slot}": random(2) for name in given for slot in ("Adam", "Adam_1")}
    counters = {"global_step": np.int64(5), "beta1_power": np.float32(0.9)}
    means = {"vgg_16/mean_rgb": random(3)}
    found = listed(npz(tmp_path / "w.npz", **given, **state, **counters, **means))
    assert list(found.tensors) == list(given)
    assert found.left_out == (
        *("state of an optimizer (14 tensors)", "mean of the images (1 tensor)"),
    )
    assert (found.convention.first, found.convention.epsilon) == ("RGB", 1e-3)


def test_names_that_are_sorted_as_text_are_in_no_order(tmp_path: Path) -> None:
    """As TensorFlow's checkpoint reader lists them."""
    shapes = {f"conv2d_{at}": (3, 3, 2 + at, 3 + at) for at in range(12)}
    given = {f"{name}/kernel": random(*shapes[name]) for name in sorted(shapes)}
    assert not listed(npz(tmp_path / "a.npz", **given)).ordered
    given = {f"{name}/kernel": random(*shapes[name]) for name in shapes}
    assert listed(npz(tmp_path / "b.npz", **given)).ordered


def test_names_of_pytorch(tmp_path: Path) -> None:
    given = {
        "features.0.weight": random(4, 3, 3, 3),
        "features.0.bias": random(4),
        "features.1.running_mean": random(4),
        "features.1.num_batches_tracked": np.array(7),
        "classifier.0.weight": random(5, 16),
    }
    found = listed(npz(tmp_path / "w.npz", **given))
    assert list(found.tensors) == list(given) and found.convention == TORCH


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("conv1_1_W", "conv1_1_b", "fc6_W", "fc6_b"), "conv1_1/W conv1_1/b fc6/W fc6/b"),
        (("W1", "b1", "W2", "b2"), "layer_1/W layer_1/b layer_2/W layer_2/b"),
        (("c.kernel", "c.bias", "d.kernel", "d.bias"), "c.kernel c.bias d.kernel d.bias"),
    ],
)
def test_names_of_scripts(tmp_path: Path, names, expected: str) -> None:
    arrays = (random(*CONV), random(4), random(*MATRIX), random(5))
    found = listed(npz(tmp_path / "w.npz", **dict(zip(names, arrays, strict=True))))
    assert list(found.tensors) == expected.split()
    assert found.convention.first == "RGB"


def test_layers_of_lists_are_caffes(tmp_path: Path) -> None:
    """What becomes of `{'conv1_1': [weights, biases]}` with names made of keys and numbers."""
    given = {"conv1_1/0": random(*CONV), "conv1_1/1": random(4), "fc6/0": random(*MATRIX)}
    found = listed(npz(tmp_path / "w.npz", **given))
    assert list(found.tensors) == list(given) and found.convention.first == "BGR"


def test_what_netparity_writes(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    BY_NAME["npz"].write(path, NANO, random_tensors(NANO))
    found = listed(path)
    assert list(found.tensors) == list(NANO.tensors)
    assert found.convention.first == "RGB"


# --- lists ----------------------------------------------------------------------------------


def test_get_weights_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    arrays = [array for at in range(6) for array in (random(3, 3, 3 + at, 4 + at), random(4 + at))]
    path = tmp_path / "w.npz"
    np.savez(path, **{f"arr_{at}": arrays[at] for at in sorted(range(12), key=str)})
    found = listed(path)
    assert all(map(np.array_equal, values(found).values(), arrays))
    assert list(found.tensors)[-2:] == ["layer_6/kernel", "layer_6/bias"]
    assert found.tensors["layer_6/bias"].name == "arr_11"
    assert found.convention.first == "BGR" and "get_weights()" in found.reason


@pytest.mark.parametrize(
    ("vectors", "roles"),
    [
        (0, "kernel"),
        (1, "kernel bias"),
        (3, "kernel | beta moving_mean moving_variance"),
        (4, "kernel | gamma beta moving_mean moving_variance"),
        (5, "kernel bias | gamma beta moving_mean moving_variance"),
    ],
)
def test_vectors_behind_a_kernel_are_a_bias_and_a_normalisation(tmp_path, vectors, roles) -> None:
    """The orders of Conv2D's and BatchNormalization's weights in Keras."""
    arrays = [random(*CONV), *[random(4)] * vectors, random(3, 3, 4, 5), random(5)]
    found = listed(npz(tmp_path / "w.npz", *arrays))
    parts = [*roles.split(" | "), "kernel bias"]
    if vectors == 3:
        parts[1] = "0 1 2"  # without gamma, or without a bias and of PyTorch: it is not said
    assert list(found.tensors) == [
        f"layer_{number}/{role}" for number, part in enumerate(parts, 1) for role in part.split()
    ]
    assert bool(found.notes) == (vectors > 3)


def test_more_vectors_are_not_told_apart(tmp_path: Path) -> None:
    arrays = [random(*CONV), *[random(4)] * 3, random(3, 3, 4, 4), *[random(4)] * 7]
    message = refused(npz(tmp_path / "w.npz", *arrays))
    assert "which of 7 vectors in a row" in message and "model.save(file)" in message


def test_a_list_of_pytorchs_parameters(tmp_path: Path) -> None:
    arrays = [random(4, 3, 3, 3), random(4), random(5, 16), random(5)]
    found = listed(npz(tmp_path / "w.npz", *arrays))
    assert found.convention == TORCH


# --- kinds of values ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["<f2", "<f8", ">f4", ">f8"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_floats_of_any_width_and_order(tmp_path: Path, kind: str, save) -> None:
    given = np.asfortranarray(random(*CONV)).astype(kind)
    save(tmp_path / "w.npz", **{"c/kernel": given})
    [array] = values(listed(tmp_path / "w.npz")).values()
    assert array.dtype == kind and np.array_equal(array, given)


def test_texts_are_left_out(tmp_path: Path) -> None:
    objects = np.array(["cat", {"dog": 1}], dtype=object)
    path = npz(
        tmp_path / "w.npz",
        **{"c/kernel": random(*CONV), "classes": np.array("cat"), "more": objects},
    )
    found = listed(path)
    assert list(found.tensors) == ["c/kernel"]
    assert found.left_out == ("arrays without numbers (2 tensors)",)


def test_a_list_in_one_array_is_refused_with_what_to_type(tmp_path: Path) -> None:
    objects = np.empty(2, dtype=object)
    objects[:] = [random(*CONV), random(4)]
    message = refused(npz(tmp_path / "w.npz", objects))
    assert "never unpickled" in message and "np.savez(file, *model.get_weights())" in message


def test_an_archive_without_weights(tmp_path: Path) -> None:
    assert "no arrays of numbers" in refused(npz(tmp_path / "w.npz", names=np.array(["a"])))
    assert "no arrays of numbers" in refused(npz(tmp_path / "v.npz", global_step=np.int64(1)))
