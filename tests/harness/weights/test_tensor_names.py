"""Layers and roles in the names that tools and scripts give to tensors."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.files.stored import Stored
from netparity.weights import tensor_names, tensor_shapes

LAYERS = {
    # Keras 2 and 3, and the same with other separators
    "block1_conv1/kernel:0": ("block1_conv1", "kernel"),
    "vgg16/block1_conv1/bias": ("vgg16/block1_conv1", "bias"),
    "block1_conv1\\kernel:0": ("block1_conv1", "kernel"),
    "block1_conv1_kernel:0": ("block1_conv1", "kernel"),
    "block1_conv1_kernel_0": ("block1_conv1", "kernel"),
    "bn_1_moving_variance": ("bn_1", "moving_variance"),
    # Keras 1, and as published for TensorFlow
    "convolution2d_1_W": ("convolution2d_1", "W"),
    "block1_conv1_W_1:0": ("block1_conv1", "W"),
    "batchnormalization_2_running_std": ("batchnormalization_2", "moving_variance"),
    # TF-slim and TensorFlow 2's checkpoints
    "vgg_16/conv1/conv1_1/weights": ("vgg_16/conv1/conv1_1", "weights"),
    "vgg_16/fc6/biases": ("vgg_16/fc6", "biases"),
    "resnet/bn/BatchNorm/gamma": ("resnet/bn/BatchNorm", "gamma"),
    "model/conv/kernel/.ATTRIBUTES/VARIABLE_VALUE": ("model/conv", "kernel"),
    # PyTorch, netparity, Caffe's layers, lists
    "features.0.weight": ("features.0", "weight"),
    "features.1.num_batches_tracked": ("features.1", "num_batches_tracked"),
    "conv1_1.kernel": ("conv1_1", "kernel"),
    "fc6_b": ("fc6", "b"),
    "conv1_1/0": ("conv1_1", "0"),
    "W12": ("layer_12", "W"),
    "b12": ("layer_12", "b"),
    # nothing to go by
    "conv1": ("conv1", ""),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_name_is_taken_apart_and_stays_so(name: str) -> None:
    clear = tensor_names.name_of(name)
    for spelling in (name.replace("\\", "/").split("/.")[0], clear):
        assert (tensor_names.split(spelling)[0], tensor_names.role(spelling)) == LAYERS[name]
    layer, role = LAYERS[name]
    assert clear.startswith(layer) and (not role or role in clear[len(layer) + 1 :])


def test_names_that_would_become_one_are_left_as_they_are() -> None:
    listed = [("a_W", 1), ("a_W_1", 2), ("b_W", 3)]
    assert tensor_names.named(listed) == {"a_W": 1, "a_W_1": 2, "b/W": 3}
    assert tensor_names.named([("a/W", 1), ("a_W", 2)]) == {"a/W": 1, "a_W": 2}


@pytest.mark.parametrize(
    "name",
    [
        *("conv1/weights/Adam", "conv1/weights/Adam_1", "conv1/weights/Momentum", "global_step"),
        *("conv1/weights/RMSProp_1", "beta1_power", "optimizer/iterations", "learning_rate"),
        "conv/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE",
    ],
)
def test_an_optimizers_state_is_no_part_of_the_network(name: str) -> None:
    assert tensor_names.is_state(name)
    assert not any(map(tensor_names.is_state, LAYERS))


# --- shapes ---------------------------------------------------------------------------------


def stored(**shapes: tuple[int, ...]) -> dict[str, Stored]:
    return {
        name.replace("__", "/"): Stored(name, shape, np.dtype("f4"), lambda a, b: np.zeros(b - a))
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize(
    ("kernels", "axes"),
    [
        ([((3, 3, 3, 4), 4), ((3, 3, 4, 4), 4)], "HWIO"),
        ([((4, 3, 3, 3), 4), ((4, 4, 3, 3), 4)], "OIHW"),
        ([((3, 3, 3, 64), None), ((1, 7, 64, 64), None)], "HWIO"),
        ([((64, 3, 11, 11), None)], "OIHW"),
        ([((3, 3, 3, 3), 3)], None),
        ([((4, 4, 4, 4), None)], None),
    ],
)
def test_kernels_tell_their_order_of_axes(kernels, axes: str | None) -> None:
    shapes = {}
    for place, (kernel, outputs) in enumerate(kernels):
        shapes[f"c{place}__kernel"] = kernel
        if outputs is not None:
            shapes[f"c{place}__bias"] = (outputs,)
    assert tensor_shapes.kernel_axes(stored(**shapes)) == axes


def test_matrices_tell_their_order_of_axes() -> None:
    with_bias = stored(a__kernel=(8, 5), a__bias=(5,), b__kernel=(5, 5), b__bias=(5,))
    assert tensor_shapes.matrix_axes(with_bias) == "IO"
    assert tensor_shapes.matrix_axes(stored(a__W=(5, 8), b__W=(3, 5))) == "OI"
    assert tensor_shapes.matrix_axes(stored(a__W=(5, 5), b__W=(5, 5))) is None


def test_the_order_of_layers_is_the_files_or_that_of_the_names() -> None:
    in_order = stored(first__W=(3, 3, 3, 4), end__W=(3, 3, 4, 6), dense__W=(24, 5))
    assert tensor_shapes.is_in_order(in_order)
    jumbled = stored(conv2__W=(3, 3, 4, 6), conv1__W=(3, 3, 3, 4), fc6__W=(24, 5))
    assert not tensor_shapes.is_in_order(jumbled)
    as_text = stored(c1__W=(3, 3, 3, 4), c10__W=(3, 3, 8, 9), c2__W=(3, 3, 4, 8))
    assert not tensor_shapes.is_in_order(as_text)


@pytest.mark.parametrize(
    ("kind", "shapes", "roles"),
    [
        ("conv2d", [(3, 3, 1, 2), (2,)], "kernel bias"),
        ("conv2d", [(3, 3, 1, 2)], "kernel"),
        ("separable_conv2d", [(3, 3, 1, 2), (1, 1, 2, 4), (4,)], None),
        ("batch_normalization", [(4,)] * 4, "gamma beta moving_mean moving_variance"),
        ("batch_normalization", [(4,)] * 3, "beta moving_mean moving_variance"),
        ("", [(4,)] * 4, "gamma beta moving_mean moving_variance"),
        ("normalization", [(3,), (3,), ()], "mean variance count"),
        ("", [(3,), (3,), ()], "mean variance count"),
        ("mine", [(4,), (4,)], "0 1"),
    ],
)
def test_numbered_arrays_have_the_roles_that_keras_gives_them(kind, shapes, roles) -> None:
    expected = tuple(roles.split()) if roles else ("depthwise_kernel", "pointwise_kernel", "bias")
    assert tensor_shapes.roles(shapes, kind) == expected
