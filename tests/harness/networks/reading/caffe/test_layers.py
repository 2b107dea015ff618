"""Each layer of Caffe against arithmetic by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.networks.node import GraphError
from tests.support.caffe_files import L, as_text, data, random_values, read_file, read_pair
from tests.support.graph_runs import run_graph

Array = np.ndarray[Any, Any]


def computed(folder: Path, *layers: L, sizes: tuple[int, ...] = (4, 11, 9)) -> dict[str, Array]:
    """Every layer's output for one image, channels first; the input is `data`."""
    found = read_pair(folder, data(1, *sizes), layers)
    x = random_values(1, *sizes, seed=7)
    own = np.moveaxis(x, 1, -1)
    values = run_graph(found.network, found.tensors, own)
    return {name: np.moveaxis(value, -1, 1) for name, value in values.items()} | {"data": x}


def refused(folder: Path, *layers: L, sizes: tuple[int, ...] = (4, 11, 9)) -> str:
    path = folder / "net.prototxt"
    path.write_text(as_text(data(1, *sizes), layers))
    with pytest.raises(GraphError) as caught:
        read_file(path)
    return str(caught.value)


def plain(name: str, kind: str, bottoms: Any = "data", **parameters: Any) -> L:
    return L(name, kind, bottoms, (), parameters)


def by_windows(x: Array, method: str, k: int, s: int, p: int) -> Array:
    """PoolingLayer of Caffe, window by window."""
    places = []
    for size in x.shape[2:]:
        count = math.ceil((size + 2 * p - k) / s) + 1
        places.append(count - 1 if p and (count - 1) * s >= size + p else count)
    result = np.empty((*x.shape[:2], *places))
    for i in range(places[0]):
        for j in range(places[1]):
            starts, ends = [], []
            for at, size in zip((i, j), x.shape[2:], strict=True):
                starts.append(at * s - p)
                ends.append(min(at * s - p + k, size + p))
            area = (ends[0] - starts[0]) * (ends[1] - starts[1])
            rows = slice(max(0, starts[0]), min(ends[0], x.shape[2]))
            columns = slice(max(0, starts[1]), min(ends[1], x.shape[3]))
            inside = x[:, :, rows, columns].astype(float)
            taken = inside.max(axis=(2, 3)) if method == "MAX" else inside.sum(axis=(2, 3)) / area
            result[:, :, i, j] = taken
    return result


@pytest.mark.parametrize("method", ["MAX", "AVE"])
@pytest.mark.parametrize(
    ("k", "s", "p"),
    [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 3, 1), (3, 1, 1), (5, 3, 2), (2, 3, 1), (12, 4, 2)],
)
def test_pools_round_up_and_divide_as_caffe_does(
    tmp_path: Path, method: str, k: int, s: int, p: int
) -> None:
    given = {"pool": method, "kernel_size": k, "stride": s, "pad": p}
    found = computed(tmp_path, plain("pool", "Pooling", pooling_param=given))
    expected = by_windows(found["data"], method, k, s, p)
    np.testing.assert_allclose(found["pool"], expected, rtol=1e-12)


def test_a_window_that_misses_the_image_is_refused(tmp_path: Path) -> None:
    # ceil((9 - 1) / 9) + 1 = 2 windows, the second of which begins at column 9 of 9.
    given = {"pool": "MAX", "kernel_size": 1, "stride": 9}
    message = refused(tmp_path, plain("pool", "Pooling", pooling_param=given))
    assert "node 'pool' (Pooling) has a last window that lies beyond its input of 11 x 9" in message


def test_rounding_down_if_the_layer_says_so(tmp_path: Path) -> None:
    given = {"kernel_size": 2, "stride": 2, "round_mode": "FLOOR"}
    found = computed(tmp_path, plain("pool", "Pooling", pooling_param=given))
    assert found["pool"].shape == (1, 4, 5, 4)


def test_statistics_are_divided_by_their_factor(tmp_path: Path) -> None:
    mean, variance = random_values(4), abs(random_values(4, seed=2))
    blobs = [mean, variance, np.array([4], np.float32)]
    given = {"batch_norm_param": {"eps": 0.001}}
    found = computed(tmp_path, L("bn", "BatchNorm", "data", (), given, blobs))
    m, v = (each.reshape(1, 4, 1, 1).astype(float) / 4 for each in (mean, variance))
    np.testing.assert_allclose(found["bn"], (found["data"] - m) / np.sqrt(v + 0.001), rtol=1e-6)


def test_a_factor_of_zero_means_no_statistics(tmp_path: Path) -> None:
    blobs = [random_values(4), abs(random_values(4)), np.zeros(1, np.float32)]
    found = computed(tmp_path, L("bn", "BatchNorm", "data", (), {}, blobs))
    np.testing.assert_allclose(
        found["bn"], found["data"].astype(float) / math.sqrt(1e-5), rtol=1e-12
    )


def test_dense_layers_read_channels_first(tmp_path: Path) -> None:
    weights, bias = random_values(5, 4 * 11 * 9), random_values(5, seed=3)
    turned = random_values(5, 6, seed=4)
    found = computed(
        tmp_path,
        L(
            "fc",
            "InnerProduct",
            "data",
            (),
            {"inner_product_param": {"num_output": 5}},
            [weights, bias],
        ),
        L(
            *("turned", "InnerProduct", "fc", ()),
            {"inner_product_param": {"num_output": 6, "transpose": True, "bias_term": False}},
            [turned],
        ),
    )
    expected = found["data"].reshape(1, -1).astype(float) @ weights.T + bias
    np.testing.assert_allclose(found["fc"], expected, rtol=1e-6)
    np.testing.assert_allclose(found["turned"], found["fc"] @ turned, rtol=1e-6)


def test_local_response_with_caffes_defaults(tmp_path: Path) -> None:
    found = computed(
        tmp_path, plain("lrn", "LRN"), plain("k", "LRN", lrn_param={"k": 3.0, "local_size": 1})
    )
    x = found["data"].astype(float)
    sums = np.zeros_like(x)
    for channel in range(4):
        sums[:, channel] = (x[:, max(0, channel - 2) : channel + 3] ** 2).sum(axis=1)
    np.testing.assert_allclose(found["lrn"], x / (1 + sums / 5) ** 0.75, rtol=1e-12)
    np.testing.assert_allclose(found["k"], x / (3 + x**2) ** 0.75, rtol=1e-12)


def test_scales_cover_the_axes_that_they_say(tmp_path: Path) -> None:
    rows, all_axes, one = (
        random_values(11),
        random_values(4, 11, 9, seed=2),
        random_values(1, seed=3),
    )
    found = computed(
        tmp_path,
        L("rows", "Scale", "data", (), {"scale_param": {"axis": 2}}, [rows]),
        L("all", "Scale", "data", (), {"scale_param": {"num_axes": -1}}, [all_axes]),
        L("one", "Scale", "data", (), {"scale_param": {"num_axes": 0}}, [one]),
        L("shift", "Bias", "data", (), {"bias_param": {"axis": -1}}, [random_values(9)]),
    )
    x = found["data"].astype(float)
    np.testing.assert_allclose(found["rows"], x * rows.reshape(1, 1, 11, 1), rtol=1e-12)
    np.testing.assert_allclose(found["all"], x * all_axes, rtol=1e-12)
    np.testing.assert_allclose(found["one"], x * one, rtol=1e-12)
    np.testing.assert_allclose(found["shift"], x + random_values(9), rtol=1e-12)


def test_a_second_blob_scales_each_channel(tmp_path: Path) -> None:
    gate = {"pooling_param": {"pool": "AVE", "global_pooling": True}}
    found = computed(
        tmp_path,
        L("mean", "Pooling", "data", (), gate),
        plain("flat", "Flatten", "mean"),
        plain("gated", "Scale", ("data", "flat"), scale_param={"axis": 0}),
    )
    x = found["data"].astype(float)
    np.testing.assert_allclose(found["gated"], x * x.mean(axis=(2, 3), keepdims=True), rtol=1e-12)


def test_a_reshape_keeps_the_order_of_channels_rows_and_columns(tmp_path: Path) -> None:
    shapes = {
        "a": ({"dim": [0, 9, 11, 4]}, (9, 11, 4)),
        "b": ({"dim": [-1, 36, 11, 1]}, (36, 11, 1)),
        "c": ({"dim": [1, 396]}, (396,)),
        "d": ({"dim": [1, 1, 1, -1]}, (1, 1, 396)),
    }
    layers = [plain(n, "Reshape", reshape_param={"shape": s}) for n, (s, _) in shapes.items()]
    layers.append(
        plain("e", "Reshape", reshape_param={"shape": {"dim": [2, 2]}, "axis": 1, "num_axes": 1})
    )
    path = tmp_path / "net.prototxt"
    assert "netparity reads 2 and 4" in refused(tmp_path, *layers)
    path.unlink()
    found = computed(tmp_path, *layers[:-1])
    for name, (_, shape) in shapes.items():
        np.testing.assert_array_equal(found[name], found["data"].reshape(1, *shape))


def test_power_clip_and_eltwise(tmp_path: Path) -> None:
    found = computed(
        tmp_path,
        plain("moved", "Power", power_param={"scale": 2.0, "shift": -1.0}),
        plain("same", "Power"),
        plain("clip", "Clip", clip_param={"min": -0.5, "max": 0.5}),
        plain("sum", "Eltwise", ("moved", "clip"), eltwise_param={"coeff": [3.0, 0.25]}),
        plain("product", "Eltwise", ("moved", "clip", "data"), eltwise_param={"operation": "PROD"}),
    )
    x = found["data"].astype(float)
    moved, clipped = 2 * x - 1, np.clip(x, -0.5, 0.5)
    np.testing.assert_allclose(found["moved"], moved, rtol=1e-12)
    np.testing.assert_array_equal(found["same"], x)
    np.testing.assert_allclose(found["sum"], 3 * moved + clipped / 4, rtol=1e-12)
    np.testing.assert_allclose(found["product"], moved * clipped * x, rtol=1e-12)


REFUSED: list[tuple[L, str]] = [
    (plain("x", "LRN", lrn_param={"norm_region": "WITHIN_CHANNEL"}), "WITHIN_CHANNEL"),
    (plain("x", "LRN", lrn_param={"local_size": 4}), "local_size 4, expected an odd number"),
    (plain("x", "Interp", interp_param={"zoom_factor": 8}), "does not read; it reads BatchNorm"),
    (plain("x", "Python"), "does not read"),
    (plain("x", "Power", power_param={"power": 2.0}), "raises to the power 2"),
    (plain("x", "Pooling", pooling_param={"pool": "STOCHASTIC"}), "pools at random"),
    (plain("x", "Pooling"), "has no kernel_size"),
    (plain("x", "Convolution", convolution_param={"kernel_size": 3}), "has no num_output"),
    (
        plain("x", "Convolution", convolution_param={"num_output": 4, "kernel_size": [3, 3, 3]}),
        "has 3 numbers as kernel_size",
    ),
    (
        plain(
            "x", "Convolution", convolution_param={"num_output": 4, "kernel_size": 3, "group": 3}
        ),
        "has 3 groups for 4 channels and 4 outputs",
    ),
    (
        plain("x", "Convolution", convolution_param={"num_output": 4, "kernel_size": 3, "bits": 8}),
        "has the field bits in convolution_param",
    ),
    (plain("x", "ReLU", quantization_param={"bits": 8}), "has the field quantization_param"),
    (
        plain("x", "Eltwise", ("data", "data"), eltwise_param={"operation": "MAX"}),
        "maximum of blobs",
    ),
    (plain("x", "Concat", ("data", "data"), concat_param={"axis": 0}), "counts the images"),
    (plain("x", "Softmax", softmax_param={"axis": 7}), "works on axis 7 of a blob of 4 axes"),
    (
        plain("x", "BatchNorm", batch_norm_param={"use_global_stats": False}),
        "use_global_stats: true",
    ),
    (plain("x", "Scale", scale_param={"axis": 0}), "covers 1 axes from axis 0"),
    (plain("x", "InnerProduct", inner_product_param={"num_output": 3, "axis": 2}), "axis 1 only"),
    (plain("x", "ReLU", "nothing"), "reads the blob 'nothing', which no layer before it makes"),
    (L("x", "ReLU", "data", ("a", "b")), "writes 2 blobs, expected 1"),
    (plain("x", "Reshape", reshape_param={"shape": {"dim": [0, 5, -1]}}), "which does not fit"),
    (plain("x", "Reshape", reshape_param={"shape": {"dim": [2, -1]}}), "reshapes to 2 images"),
    (plain("x", "Crop", ("data", "data"), crop_param={"offset": 1}), "which is beyond it"),
    (
        L("x", "Slice", "data", ("a", "b"), {"slice_param": {"slice_point": 4}}),
        "at [4] into 2 parts",
    ),
]


@pytest.mark.parametrize(("layer", "words"), REFUSED, ids=lambda given: str(given)[:24])
def test_what_is_not_understood_names_the_node_and_its_type(
    tmp_path: Path, layer: L, words: str
) -> None:
    message = refused(tmp_path, layer)
    assert f"node 'x' ({layer.type})" in message
    assert words in message
