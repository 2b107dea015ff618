"""Small networks of Caffe, each with layers of one kind in several forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.support.caffe_files import L, data, random_values

CASES: dict[str, tuple[dict[str, Any], list[L]]] = {}
"""Head and layers by name; the input is 4 channels x 11 x 9 unless the head says otherwise."""


def _case(name: str, *layers: L, head: dict[str, Any] | None = None) -> None:
    CASES[name] = (head or data(1, 4, 11, 9), list(layers))


def _conv(name: str, bottom: str, units: int, share: int, size: tuple[int, int], **more: Any) -> L:
    blobs = [random_values(units, share, *size, seed=len(name), scale=0.3)]
    if more.get("bias_term", True):
        blobs.append(random_values(units, seed=len(name) + 1))
    given = {"num_output": units, **more}
    if "kernel_size" not in given:
        given |= {"kernel_h": size[0], "kernel_w": size[1]}
    return L(name, "Convolution", bottom, (), {"convolution_param": given}, blobs)


def _up(name: str, units: int, share: int, size: int, **more: Any) -> L:
    blobs = [random_values(4, share, size, size, seed=size), random_values(units, seed=2)]
    given = {"num_output": units, "kernel_size": size, **more}
    return L(name, "Deconvolution", "data", (), {"convolution_param": given}, blobs)


def _pool(name: str, method: str, **more: Any) -> L:
    return L(name, "Pooling", "data", (), {"pooling_param": {"pool": method, **more}})


def _plain(name: str, kind: str, bottoms: Any = "data", **parameters: Any) -> L:
    return L(name, kind, bottoms, (), parameters)


def _dense(name: str, bottom: str, units: int, inputs: int, **more: Any) -> L:
    blobs = [random_values(units, inputs, scale=0.1), random_values(units, seed=9)]
    return L(
        name,
        "InnerProduct",
        bottom,
        (),
        {"inner_product_param": {"num_output": units, **more}},
        blobs,
    )


_case(
    "convolution",
    _conv("plain", "data", 5, 4, (3, 3), kernel_size=3),
    _conv("padded", "data", 5, 4, (3, 3), kernel_size=3, pad=1, stride=2),
    _conv("oblong", "data", 6, 4, (3, 2), pad_h=1, pad_w=0, stride_h=2, stride_w=1),
    _conv("two numbers", "data", 6, 4, (3, 2), kernel_size=[3, 2], pad=[1, 0], stride=[1, 2]),
    _conv("grouped", "data", 6, 2, (3, 3), kernel_size=3, group=2),
    _conv("depthwise", "data", 4, 1, (3, 3), kernel_size=3, group=4, pad=1),
    _conv("dilated", "data", 5, 4, (3, 3), kernel_size=3, dilation=2, pad=2, bias_term=False),
)
_case(
    "deconvolution",
    _up("up", 3, 3, 4, stride=2, pad=1),
    _up("depthwise", 4, 1, 4, stride=2, group=4),
    _up("grouped", 6, 3, 3, group=2),
    _up("strided", 3, 3, 2, stride=3),
)
_case(
    "maximum",
    _pool("exact", "MAX", kernel_size=3, stride=2),
    _pool("up", "MAX", kernel_size=2, stride=2),
    _pool("clipped", "MAX", kernel_size=3, stride=3, pad=1),
    _pool("oblong", "MAX", kernel_h=3, kernel_w=2, stride_h=2, stride_w=1, pad_h=1, pad_w=0),
    _pool("global", "MAX", global_pooling=True),
)
_case(
    "mean",
    _pool("exact", "AVE", kernel_size=3, stride=2),
    _pool("up", "AVE", kernel_size=2, stride=2),
    _pool("padded", "AVE", kernel_size=3, stride=2, pad=1),
    _pool("clipped", "AVE", kernel_size=3, stride=3, pad=1),
    _pool("same", "AVE", kernel_size=3, stride=1, pad=1),
    _pool("global", "AVE", global_pooling=True),
)
_case(
    "dense",
    _dense("map", "data", 7, 4 * 11 * 9),
    _dense("vector", "map", 5, 7),
    _plain("prob", "Softmax", "vector"),
)
_case(
    "flattened",
    _plain("flat", "Flatten"),
    _dense("fc", "flat", 6, 4 * 11 * 9),
    _plain("map", "Reshape", "fc", reshape_param={"shape": {"dim": [0, 3, 2, 1]}}),
    _plain("other", "Reshape", "data", reshape_param={"shape": {"dim": [0, 11, -1, 6]}}),
    _plain("vector", "Reshape", "data", reshape_param={"shape": {"dim": [0, -1]}}),
)
_case(
    "activations",
    _plain("relu", "ReLU"),
    _plain("leaky", "ReLU", relu_param={"negative_slope": 0.1}),
    _plain("elu", "ELU", elu_param={"alpha": 0.5}),
    _plain("sigmoid", "Sigmoid"),
    _plain("tanh", "TanH"),
    _plain("dropout", "Dropout", dropout_param={"dropout_ratio": 0.4}),
    _plain("moved", "Power", power_param={"scale": 0.5, "shift": 2.0}),
    L("prelu", "PReLU", "data", (), {}, [random_values(4)]),
    L("shared", "PReLU", "data", (), {"prelu_param": {"channel_shared": True}}, [random_values(1)]),
)
_case(
    "normalising",
    _plain("lrn", "LRN", lrn_param={"local_size": 3, "alpha": 0.5, "beta": 0.6}),
    _plain("wide", "LRN", lrn_param={"local_size": 5, "alpha": 1e-2, "beta": 0.75}),
    L(
        *("bn", "BatchNorm", "data", ()),
        {"batch_norm_param": {"use_global_stats": True, "eps": 0.01}},
        [random_values(4), abs(random_values(4, seed=2)), np.array([2.5], np.float32)],
    ),
    L(
        "scale",
        "Scale",
        "bn",
        (),
        {"scale_param": {"bias_term": True}},
        [random_values(4), random_values(4, seed=5)],
    ),
    L("factor", "Scale", "bn", (), {}, [random_values(4, seed=6)]),
    _plain("softmax", "Softmax"),
)
_case(
    "combining",
    _conv("a", "data", 4, 4, (3, 3), kernel_size=3, pad=1),
    _conv("b", "data", 4, 4, (1, 1), kernel_size=1),
    _plain("sum", "Eltwise", ("a", "b")),
    _plain(
        "difference",
        "Eltwise",
        ("a", "b"),
        eltwise_param={"operation": "SUM", "coeff": [1.0, -1.0]},
    ),
    _plain("weighted", "Eltwise", ("a", "b"), eltwise_param={"coeff": [0.5, 2.0]}),
    _plain("product", "Eltwise", ("a", "b"), eltwise_param={"operation": "PROD"}),
    _plain("joined", "Concat", ("a", "b", "data")),
    _plain("below", "Concat", ("a", "b"), concat_param={"axis": 2}),
    L("parts", "Slice", "joined", ("first", "second"), {"slice_param": {"slice_point": [5]}}),
    L("halves", "Slice", "a", ("upper", "lower"), {"slice_param": {"axis": 1}}),
    _plain("after", "Eltwise", ("upper", "lower")),
    _conv("small", "data", 3, 4, (4, 3), pad=0),
    _plain("crop", "Crop", ("data", "small"), crop_param={"axis": 2, "offset": [2, 1]}),
)
