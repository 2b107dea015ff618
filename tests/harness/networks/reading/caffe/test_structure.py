"""Inputs, phases, losses and names: from a file that trains a network to the one that predicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.networks.node import GraphError, Preprocessing
from netparity.networks.reading.base import ReadNetwork
from tests.support.caffe_files import L, as_bytes, as_text, data, random_values, read_file

TRAIN, TEST = ({"include": {"phase": phase}} for phase in ("TRAIN", "TEST"))
NAMED = {"name": "small"}


def source(name: str, phase: dict[str, Any], transform: dict[str, Any], kind: str = "Data") -> L:
    return L(name, kind, (), ("data", "label"), {**phase, "transform_param": transform})


def body(channels: int = 3, classes: int = 5) -> list[L]:
    conv = {"convolution_param": {"num_output": 4, "kernel_size": 3, "stride": 2}}
    kernel = random_values(4, channels, 3, 3)
    dense = {"inner_product_param": {"num_output": classes}}
    return [
        L("conv", "Convolution", "data", (), conv, [kernel, random_values(4)]),
        L("relu", "ReLU", "conv", "conv"),
        L("drop", "Dropout", "conv", "conv"),
        L("pool", "Pooling", "conv", (), {"pooling_param": {"global_pooling": True}}),
        L(
            "fc",
            "InnerProduct",
            "pool",
            (),
            dense,
            [random_values(classes, 4), random_values(classes)],
        ),
    ]


def losses() -> list[L]:
    return [
        L("accuracy", "Accuracy", ("fc", "label"), (), TEST),
        L("loss", "SoftmaxWithLoss", ("fc", "label")),
    ]


def from_text(
    folder: Path, layers: list[L], head: dict[str, Any] = NAMED, **more: Any
) -> ReadNetwork:
    path = folder / "net.prototxt"
    path.write_text(as_text(head, layers, more.pop("old", False)))
    return read_file(path, **more)


def from_bytes(
    folder: Path, layers: list[L], head: dict[str, Any] = NAMED, **more: Any
) -> ReadNetwork:
    path = folder / "net.caffemodel"
    path.write_bytes(as_bytes(head, layers, more.pop("old", False)))
    return read_file(path, **more)


def names(found: ReadNetwork) -> list[str]:
    return [node.name for node in found.network.nodes]


@pytest.mark.parametrize("make", [from_text, from_bytes])
def test_a_network_for_training_becomes_the_one_that_predicts(tmp_path: Path, make: Any) -> None:
    layers = [
        source("data", TRAIN, {"crop_size": 21, "mirror": True}),
        source("data", TEST, {"crop_size": 19}),
        *body(),
        *losses(),
    ]
    found = make(tmp_path, layers)
    assert names(found) == ["conv", "relu", "drop", "pool", "fc", "loss"]
    assert found.network.inputs[0].shape == (19, 19, 3)
    assert found.network.outputs[0].op == "softmax"
    notes = " ".join(found.notes)
    assert "the loss 'loss' (SoftmaxWithLoss) is read as softmax" in notes
    assert "layer 'accuracy' (Accuracy) is left out: it is for training" in notes


def test_a_snapshot_of_the_training_phase_alone(tmp_path: Path) -> None:
    loss = L("loss", "SoftmaxWithLoss", ("fc", "label"), (), TRAIN)
    layers = [source("data", TRAIN, {"crop_size": 21}), *body(), loss]
    assert names(from_bytes(tmp_path, layers))[-1] == "loss"
    assert names(from_bytes(tmp_path, layers, old=True))[-1] == "loss"


def test_splits_that_caffe_inserts_have_no_node(tmp_path: Path) -> None:
    tops = ("fc_fc_0_split_0", "fc_fc_0_split_1")
    layers = [
        *(source("data", TRAIN, {"crop_size": 9}), *body()),
        L("fc_fc_0_split", "Split", "fc", tops),
        L("accuracy", "Accuracy", (tops[0], "label")),
        L("loss", "SoftmaxWithLoss", (tops[1], "label")),
    ]
    found = from_bytes(tmp_path, layers)
    assert names(found)[-2:] == ["fc", "loss"]
    assert found.network.node("fc_fc_0_split").name == "fc"


def test_the_further_classifiers_of_a_training_lose_their_losses(tmp_path: Path) -> None:
    side = L("side", "InnerProduct", "pool", (), body()[-1].parameters, body()[-1].blobs)
    further = L("loss1", "SoftmaxWithLoss", ("side", "label"), (), {"loss_weight": 0.3})
    layers = [source("data", TRAIN, {"crop_size": 9}), *body(), side, further, losses()[1]]
    found = from_bytes(tmp_path, layers)
    assert {node.name for node in found.network.outputs} == {"side", "loss"}


def test_a_softmax_that_is_there_already_is_enough(tmp_path: Path) -> None:
    layers = [source("data", TRAIN, {"crop_size": 9}), *body(), *losses()]
    layers.append(L("prob", "Softmax", "fc", (), TEST))
    found = from_text(tmp_path, layers)
    assert names(found)[-1] == "prob"
    assert "loss" not in names(found)


def test_what_reads_losses_and_labels_is_left_out(tmp_path: Path) -> None:
    layers = [
        *(source("data", TRAIN, {"crop_size": 9}), *body()),
        L("euclidean", "EuclideanLoss", ("fc", "label")),
        L("cross", "SigmoidCrossEntropyLoss", ("fc", "label")),
        L("total", "Eltwise", ("euclidean", "cross")),
        L("own", "Python", ("fc", "label"), ("own",), {"python_param": {"module": "m"}}),
        L("quiet", "Silence", ("label",), ()),
    ]
    layers[-1].tops = []
    found = from_text(tmp_path, layers)
    assert names(found) == ["conv", "relu", "drop", "pool", "fc"]


def test_rules_of_stages_and_levels(tmp_path: Path) -> None:
    layers = [
        *body(),
        L("a", "ReLU", "fc", (), {"include": {"stage": "deploy"}}),
        L("b", "ReLU", "fc", (), {"include": {"min_level": 1}}),
        L("c", "ReLU", "fc", (), {"exclude": {"stage": "deploy"}}),
        L("d", "ReLU", "fc", (), {"include": [{"phase": "TRAIN"}, {"not_stage": "val"}]}),
    ]
    assert names(from_text(tmp_path, layers, data(1, 3, 9, 9)))[-2:] == ["a", "d"]


INPUTS: list[tuple[dict[str, Any], list[L], tuple[int, ...]]] = [
    (data(10, 3, 8, 7), [], (8, 7, 3)),
    ({"input": ["data"], "input_shape": {"dim": [1, 3, 8, 7]}}, [], (8, 7, 3)),
    (
        {},
        [L("in", "Input", (), "data", {"input_param": {"shape": {"dim": [1, 3, 8, 7]}}})],
        (8, 7, 3),
    ),
    (
        {},
        [
            L(
                "m",
                "MemoryData",
                (),
                ("data", "label"),
                {"memory_data_param": {"batch_size": 2, "channels": 3, "height": 8, "width": 7}},
            )
        ],
        (8, 7, 3),
    ),
    (
        {},
        [
            L(
                "i",
                "ImageData",
                (),
                ("data", "label"),
                {"image_data_param": {"new_height": 8, "new_width": 7}},
            )
        ],
        (8, 7, 3),
    ),
    (
        {},
        [L("d", "Data", (), ("data", "label"), {"transform_param": {"crop_h": 8, "crop_w": 7}})],
        (8, 7, 3),
    ),
    (
        {},
        [L("d", "DummyData", (), "data", {"dummy_data_param": {"shape": {"dim": [1, 3, 8, 7]}}})],
        (8, 7, 3),
    ),
    (
        {"input": ["data", "label"], "input_shape": [{"dim": [1, 3, 8, 7]}, {"dim": [1]}]},
        [],
        (8, 7, 3),
    ),
]


@pytest.mark.parametrize(("head", "first", "shape"), INPUTS)
def test_every_way_to_state_an_input(
    tmp_path: Path, head: dict[str, Any], first: list[L], shape: tuple[int, ...]
) -> None:
    for make in (from_text, from_bytes):
        found = make(tmp_path, [*first, *body()], head)
        assert [entry.shape for entry in found.network.inputs] == [shape]


def test_an_old_data_layer_states_crop_and_scale(tmp_path: Path) -> None:
    given = {"data_param": {"crop_size": 9, "scale": 0.5, "mean_file": "a/mean.binaryproto"}}
    found = from_bytes(tmp_path, [L("d", "Data", (), ("data", "label"), given), *body()], old=True)
    assert found.network.inputs[0].shape == (9, 9, 3)
    assert found.network.inputs[0].preprocessing == Preprocessing(
        "BGR", scale=0.5, filter="bilinear"
    )
    assert "the mean in the file 'a/mean.binaryproto', which is not read" in " ".join(found.notes)


@pytest.mark.parametrize("make", [from_text, from_bytes])
def test_an_unknown_size_is_asked_for(tmp_path: Path, make: Any) -> None:
    for layers in ([source("data", {}, {}), *body()], body()):
        with pytest.raises(
            GraphError, match="does not state the size of its input 'data'; fix: --input-size"
        ):
            make(tmp_path, layers)
        assert make(tmp_path, layers, input_size=(9, 8)).network.inputs[0].shape == (9, 8, 3)


def test_the_first_convolution_tells_the_channels(tmp_path: Path) -> None:
    layers = [source("data", {}, {"crop_size": 9}), *body(channels=1)]
    assert from_bytes(tmp_path, layers).network.inputs[0].shape == (9, 9, 1)
    layers[0] = source("data", {}, {"crop_size": 9, "force_gray": True})
    assert from_text(tmp_path, layers).network.inputs[0].shape == (9, 9, 1)


def test_preprocessing_is_subtracted_before_it_is_scaled(tmp_path: Path) -> None:
    transform = {"crop_size": 9, "scale": 0.5, "mean_value": [104.0, 117.0, 123.0]}
    found = from_text(tmp_path, [source("data", {}, transform), *body()])
    expected = Preprocessing("BGR", mean=(52.0, 58.5, 61.5), scale=0.5, filter="bilinear")
    assert found.network.inputs[0].preprocessing == expected
    assert from_text(tmp_path, body(), data(1, 3, 9, 9)).network.inputs[0].preprocessing is None


def test_stored_statistics_of_a_network_for_training(tmp_path: Path) -> None:
    blobs = [random_values(4), abs(random_values(4)), np.ones(1, np.float32)]
    given = {"batch_norm_param": {"use_global_stats": False}}
    norm = L("bn", "BatchNorm", "conv", "conv", given, blobs)
    layers = [source("data", TRAIN, {"crop_size": 9}), *body()]
    layers.insert(2, norm)
    found = from_bytes(tmp_path, layers)
    assert "'bn' states use_global_stats: false, for training" in " ".join(found.notes)


def test_a_name_is_the_layers_and_other_blobs_mean_their_last_writer(tmp_path: Path) -> None:
    layers = body()
    layers[0].tops = ["out"]
    for layer in layers[1:3]:
        layer.bottoms, layer.tops = ["out"], ["out"]
    layers[3].bottoms = ["out"]
    found = from_text(tmp_path, layers, data(1, 3, 9, 9))
    assert found.network.node("out").name == "drop"
    assert found.network.by_name["pool"].inputs == ("drop",)
    assert "overwrites" not in " ".join(found.notes)
    found = from_text(tmp_path, body(), data(1, 3, 9, 9))
    assert found.network.node("conv").op == "conv"
    assert "(conv by drop)" in " ".join(found.notes)


def test_layers_of_one_name_or_none(tmp_path: Path) -> None:
    layers = [*body(), L("fc", "ReLU", "fc", "fc"), L("", "Softmax", "fc", "p")]
    found = from_text(tmp_path, layers, data(1, 3, 9, 9))
    assert names(found)[-3:] == ["fc", "fc_2", "layer7"]
