"""Files of VGG's widths that are not VGG: each is read as the network that it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS
from netparity.networks.matching import compare
from netparity.networks.reading.base import ReadNetwork
from tests.support.onnx_files import assert_reads, model_of, node, ops_of

VGG = NETWORKS["vgg16-tiny"]
RANDOM = np.random.default_rng(16)
WEIGHTS = {
    name: (RANDOM.normal(0, 1, shape) * np.sqrt(2 / max(1, np.prod(shape[:-1])))).astype(np.float32)
    for name, shape in VGG.tensors.items()
}


def vgg_like(
    folder: Path, norm: bool = False, pool: str = "MaxPool", last: bool = False
) -> ReadNetwork:
    """VGG16's tiny form, in a variation.

    norm: a batch normalisation after each convolution. pool: the kind of pools. last: flatten in
    the order H, W, C.
    """
    nodes, constants, source = [], {}, "input"
    for layer in VGG.layers:
        if layer.kind == "pool":
            nodes.append(node(pool, [source], [layer.name], kernel_shape=[2, 2], strides=[2, 2]))
        elif layer.kind == "conv":
            constants |= kernel_and_bias(layer.name, (3, 2, 0, 1))
            inputs = [source, f"{layer.name}.w", f"{layer.name}.b"]
            nodes.append(node("Conv", inputs, [f"{layer.name}_linear"], pads=[1, 1, 1, 1]))
            source = f"{layer.name}_linear"
            if norm:
                names = [f"{layer.name}.{role}" for role in ("s", "o", "m", "v")]
                units = layer.output_shape[-1]
                constants |= {
                    name: np.linspace(0.5, 1.5, units, dtype=np.float32) for name in names
                }
                nodes.append(node("BatchNormalization", [source, *names], [f"{layer.name}_norm"]))
                source = f"{layer.name}_norm"
            nodes.append(node("Relu", [source], [layer.name]))
        else:
            nodes += dense(layer, source, constants, last)
        source = layer.name
    shape = {"input": ("N", 3, 64, 64)}
    return assert_reads(model_of(nodes, constants, shape, outputs=("prob",)), folder, 1e-5)


def kernel_and_bias(name: str, order: tuple[int, ...]) -> dict[str, np.ndarray]:
    kernel, bias = WEIGHTS[f"{name}.kernel"], WEIGHTS[f"{name}.bias"]
    return {f"{name}.w": np.ascontiguousarray(kernel.transpose(order)), f"{name}.b": bias}


def dense(layer, source: str, constants: dict[str, np.ndarray], last: bool):
    name = layer.parameters
    kernel = WEIGHTS[f"{name}.kernel"]
    if kernel.shape[0] > 1:
        if last:
            yield node("Transpose", [source], ["moved"], perm=[0, 2, 3, 1])
            source = "moved"
        else:
            kernel = kernel.transpose(2, 0, 1, 3)
        yield node("Flatten", [source], ["flat"])
        source = "flat"
    constants |= {
        f"{name}.w": kernel.reshape(-1, kernel.shape[-1]).T,
        f"{name}.b": WEIGHTS[f"{name}.bias"],
    }
    linear = f"{layer.name}_linear"
    yield node("Gemm", [source, f"{name}.w", f"{name}.b"], [linear], transB=1)
    yield node("Softmax" if layer.name == "prob" else "Relu", [linear], [layer.name])


def test_vgg_itself_has_the_function_of_the_catalogues(tmp_path: Path):
    found = vgg_like(tmp_path)
    comparison = compare(found.network, VGG)
    assert comparison.same, comparison


def test_a_batch_normalisation_after_each_convolution(tmp_path: Path):
    found = vgg_like(tmp_path, norm=True)
    assert ops_of(found).count("batch_norm") == 13
    assert not compare(found.network, VGG).same


def test_average_pools(tmp_path: Path):
    found = vgg_like(tmp_path, pool="AveragePool")
    assert ops_of(found).count("average_pool") == 5
    assert "max_pool" not in ops_of(found)
    assert not compare(found.network, VGG).same


@pytest.mark.parametrize(("last", "order"), [(False, (2, 0, 1)), (True, (0, 1, 2))])
def test_the_order_of_flattening(last: bool, order, tmp_path: Path):
    found = vgg_like(tmp_path, last=last)
    flatten = found.network.node("flat")
    assert flatten.attributes.get("order", (0, 1, 2)) == order
