"""Networks of the catalogue as the layers with which Caffe states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netparity.networks.graph import Network
from tests.support.caffe_files import Array, L


def like(network: Network, tensors: Mapping[str, Array], in_place: bool = True) -> list[L]:
    """A network of the catalogue as the layers with which Caffe would state it."""
    blob = {entry.name: "data" for entry in network.inputs}
    layers: list[L] = []
    for node in network.nodes:
        given = {role: np.asarray(tensors[name]) for role, name in node.tensors.items()}
        readers = {reader.op for reader in network.readers[node.name]}
        name = node.name if "softmax" in readers else node.name.removesuffix("_linear")
        inputs = [blob[source] for source in node.inputs]
        used_once = all(len(network.readers[source]) == 1 for source in node.inputs)
        overwrites = in_place and used_once and node.op in ("relu", "dropout", "batch_norm")
        top = inputs[0] if overwrites and inputs[0] != "data" else name
        if node.op == "relu" and top == name and inputs[0] == name:
            name = f"relu_{name}"
        made = [replace_tops(layer, top) for layer in _layers(node, name, inputs, given)]
        for layer in made[1:]:
            layer.bottoms = [top]
        if node.op == "relu" and network.by_name.get(node.inputs[0], node).inner:
            made[0].name = f"relu_{node.name}"
        layers += made
        blob[node.name] = top
    return layers


def replace_tops(layer: L, top: str) -> L:
    return L(layer.name, layer.type, layer.bottoms, [top], layer.parameters, layer.blobs)


def _layers(node: Any, name: str, inputs: list[str], tensors: dict[str, Array]) -> list[L]:
    has = node.attributes.get
    if node.op == "conv":
        kernel = tensors["kernel"].transpose(3, 2, 0, 1)
        window = _window(kernel.shape[2:], has)
        given = {"num_output": kernel.shape[0], "bias_term": "bias" in tensors, **window}
        given |= {"group": has("groups", 1)}
        blobs = [kernel, *([tensors["bias"]] if "bias" in tensors else [])]
        return [L(name, "Convolution", inputs, (), {"convolution_param": given}, blobs)]
    if node.op == "dense":
        kernel = _rows(tensors["kernel"])
        given = {"num_output": len(kernel)}
        return [
            L(
                name,
                "InnerProduct",
                inputs,
                (),
                {"inner_product_param": given},
                [kernel, tensors["bias"]],
            )
        ]
    if node.op in ("max_pool", "average_pool"):
        method = "MAX" if node.op == "max_pool" else "AVE"
        given = {"pool": method, **_window(node.attributes["window"], has)}
        return [L(name, "Pooling", inputs, (), {"pooling_param": given})]
    if node.op == "batch_norm":
        factor = np.float32(3)
        blobs = [tensors["mean"] * factor, tensors["variance"] * factor, np.array([factor])]
        norm = L(
            name,
            "BatchNorm",
            inputs,
            (),
            {"batch_norm_param": {"eps": node.attributes["epsilon"]}},
            blobs,
        )
        scaled = {"scale_param": {"bias_term": True}}
        return [
            norm,
            L(f"scale_{name}", "Scale", [name], (), scaled, [tensors["scale"], tensors["bias"]]),
        ]
    if node.op == "lrn":
        size = node.attributes["size"]
        given = {"local_size": size, "alpha": node.attributes["alpha"] * size}
        given |= {"beta": node.attributes["beta"], "k": node.attributes["kappa"]}
        return [L(name, "LRN", inputs, (), {"lrn_param": given})]
    if node.op == "global_average":
        given = {"pool": "AVE", "global_pooling": True}
        return [L(name, "Pooling", inputs, (), {"pooling_param": given})]
    if node.op == "conv_transpose":
        kernel = tensors["kernel"].transpose(3, 2, 0, 1)
        window = _window(kernel.shape[2:], has)
        given = {"num_output": kernel.shape[1], "bias_term": "bias" in tensors, **window}
        blobs = [kernel, *([tensors["bias"]] if "bias" in tensors else [])]
        return [L(name, "Deconvolution", inputs, (), {"convolution_param": given}, blobs)]
    if node.op == "crop":  # to the size of the image
        given = {"axis": 2, "offset": node.attributes["crops"][0][0]}
        return [L(name, "Crop", [*inputs, "data"], (), {"crop_param": given})]
    kinds = {"relu": "ReLU", "softmax": "Softmax", "add": "Eltwise", "concat": "Concat"}
    kinds |= {"dropout": "Dropout", "flatten": "Flatten"}
    return [L(name, kinds[node.op], inputs)]


def _rows(kernel: Array) -> Array:
    """A dense layer's weights, outputs x inputs in the order channels, height, width."""
    units = kernel.shape[-1]
    if not any(kernel.strides):  # one value broadcast, which needs no memory
        return np.broadcast_to(kernel.flat[0], (units, kernel.size // units))
    if kernel.ndim == 4:
        kernel = kernel.transpose(2, 0, 1, 3)
    return np.ascontiguousarray(kernel.reshape(-1, units).T)


def _window(size: Sequence[int], has: Any) -> dict[str, int]:
    """Caffe's own pads are the same on both sides; what its rounding up adds is not stated."""
    top, _, left, _ = has("pads", (0, 0, 0, 0))
    strides = has("strides", (1, 1))
    return {
        **{"kernel_h": size[0], "kernel_w": size[1], "pad_h": top, "pad_w": left},
        **{"stride_h": strides[0], "stride_w": strides[1]},
    }
