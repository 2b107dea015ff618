"""What a user says about an input becomes a preprocessing, or one sentence that names the value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.inputs.given import NAMED, Given, preprocessing_from, with_given
from netparity.networks import NETWORKS, Input, Network, Node, Preprocessing
from netparity.networks.input_size import parse_input_size
from tests.support.caffe_files import binaryproto

VGG = Preprocessing(mean=(123.68, 116.779, 103.939))


def test_nothing_given_keeps_what_the_file_states() -> None:
    assert preprocessing_from(Given(), VGG) is VGG
    assert preprocessing_from(Given(), None) is None


def test_a_name_replaces_what_the_file_states() -> None:
    assert preprocessing_from(Given("torch"), VGG) == NAMED["torch"]
    assert preprocessing_from(Given("none"), VGG) == Preprocessing()


@pytest.mark.parametrize(
    ("name", "pixel", "expected"),
    [  # of red, green and blue; by Keras's imagenet_utils.preprocess_input in float64
        ("caffe", (200.0, 100.0, 50.0), (-53.939, -16.779, 76.32)),
        ("tf", (255.0, 127.5, 0.0), (1.0, 0.0, -1.0)),
        ("torch", (255.0, 0.0, 51.0), (2.248908, -2.035714, -0.915556)),
    ],
)
def test_the_named_ones_are_those_of_keras(
    name: str, pixel: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    stated = NAMED[name]
    values = pixel[::-1] if stated.order == "BGR" else pixel
    means, deviations = stated.mean * (3 // len(stated.mean)), stated.deviation * 3
    found = [
        (value * stated.scale - mean) / deviation
        for value, mean, deviation in zip(values, means, deviations, strict=False)
    ]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "stated", "expected"),
    [
        ({"mean": "1,2,3"}, None, Preprocessing(mean=(1.0, 2.0, 3.0))),
        ({"mean": "5"}, VGG, replace(VGG, mean=(5.0,))),
        ({"std": "2"}, VGG, replace(VGG, deviation=(2.0,))),
        ({"std": "1, 2, 4"}, VGG, replace(VGG, deviation=(1.0, 2.0, 4.0))),
        ({"scale": "1/255"}, None, Preprocessing(scale=1 / 255)),
        ({"scale": "0.5"}, VGG, replace(VGG, scale=0.5)),
        ({"preprocess": "caffe", "mean": "1,2,3"}, None, Preprocessing("BGR", (3.0, 2.0, 1.0))),
        ({"channel_order": "bgr"}, VGG, Preprocessing("BGR", VGG.mean[::-1])),
        ({"channel_order": "RGB"}, NAMED["caffe"], VGG),
        ({"channel_order": "BGR", "mean": "1,2,3"}, VGG, Preprocessing("BGR", (3.0, 2.0, 1.0))),
        ({"channel_order": "gray", "mean": "7"}, None, Preprocessing("grey", (7.0,))),
        ({"mean": "1"}, replace(VGG, mean_image="input.mean"), Preprocessing(mean=(1.0,))),
        ({"scale": "2"}, replace(VGG, resize=(9, 9)), replace(VGG, scale=2.0, resize=(9, 9))),
    ],
)
def test_options_change_one_thing_each(
    given: dict[str, str], stated: Preprocessing | None, expected: Preprocessing
) -> None:
    assert preprocessing_from(Given(**given), stated) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"preprocess": "keras"}, "--preprocess 'keras': expected one of caffe, tf, torch, none"),
        ({"mean": "1,2"}, "--mean '1,2': expected one finite number, or three as R,G,B"),
        ({"mean": "1,x,3"}, "--mean '1,x,3': 'x' is not a number; expected"),
        ({"mean": "nan"}, "--mean 'nan': expected one finite number"),
        ({"mean": ""}, "--mean '': '' is not a number"),
        ({"std": "0"}, "--std '0': expected one positive number, or three"),
        ({"std": "1,-2,3"}, "--std '1,-2,3': expected one positive number"),
        ({"std": "inf"}, "--std 'inf': expected one positive number"),
        ({"scale": "0"}, "--scale '0': expected a number other than 0"),
        ({"scale": "1/0"}, "--scale '1/0': expected a number other than 0"),
        ({"scale": "one"}, "--scale 'one': 'one' is not a number"),
        ({"scale": "1/2/3"}, "--scale '1/2/3': '2/3' is not a number"),
        ({"scale": "1e300/1e-300"}, "expected a number other than 0"),
        ({"channel_order": "GBR"}, "--channel-order 'GBR': expected RGB, BGR or grey"),
        ({"channel_order": "grey", "mean": "1,2,3"}, "--mean '1,2,3': expected one finite number"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as error:
        preprocessing_from(Given(**given), None)
    assert str(error.value).startswith(words) or words in str(error.value)


def test_colours_have_no_grey_mean() -> None:
    with pytest.raises(UsageError, match="--channel-order grey: the numbers of mean"):
        preprocessing_from(Given(channel_order="grey"), VGG)


@pytest.mark.parametrize(
    ("text", "size"), [("224,192", (224, 192)), ("64", (64, 64)), ("7x9", (7, 9)), ("7, 9", (7, 9))]
)
def test_input_size(text: str, size: tuple[int, int]) -> None:
    assert parse_input_size(text) == size


@pytest.mark.parametrize("text", ["", "a", "0,5", "1,2,3", "-1", "1.5", "99999", "²", "9" * 99])
def test_an_input_size_that_makes_no_sense_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="--input-size "):
        parse_input_size(text)


def test_a_network_takes_all_that_is_given() -> None:
    network = NETWORKS["vgg16-tiny-notop"]
    given: dict[str, Any] = {"preprocess": "tf", "input_size": "96,64"}
    found = with_given(network, Given(**given))
    assert found.inputs[0].shape == (96, 64, 3)
    assert found.inputs[0].preprocessing == NAMED["tf"]
    assert with_given(network, Given()) is network


def test_a_network_whose_layers_do_not_fit_the_size_is_named() -> None:
    entry = Input("x", (4, 4, 1))
    network = Network(
        "tiny",
        (entry,),
        (Node("fc", "dense", ("x",), {}, {"kernel": "k"}),),
        {"k": (4, 4, 1, 2)},
    )
    with pytest.raises(Exception, match="'fc'"):
        with_given(network, Given(input_size="5,5"))


def test_the_colour_of_a_mean_image_of_caffes(tmp_path: Path) -> None:
    path = tmp_path / "mean.binaryproto"
    image = np.zeros((1, 3, 2, 5), np.float32)
    image[0] += np.array([104.0, 117.0, 123.0], np.float32)[:, None, None]  # blue, green, red
    image[0, 0, 0] -= 8
    image[0, 0, 1] += 8
    path.write_bytes(binaryproto(image))
    np.save(tmp_path / "mean.npy", image[0].astype(np.float64))
    colour = (104.0, 117.0, 123.0)
    for mean in (path, tmp_path / "mean.npy"):
        found = preprocessing_from(Given(mean=str(mean)), None)
        assert found == Preprocessing("BGR", colour, filter="bilinear")
    given = Given(mean=str(path))
    assert preprocessing_from(given, VGG) == replace(VGG, mean=colour[::-1])
    halved = preprocessing_from(replace(given, scale="1/2"), NAMED["caffe"])
    assert halved == Preprocessing("BGR", (52.0, 58.5, 61.5), scale=0.5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x2a\xff\x01ab", "a field reaches"),
        (binaryproto(np.zeros((2, 3, 4, 4), np.float32)), "expected channels x height x width"),
        (binaryproto(np.full((1, 3, 4, 4), np.nan, np.float32)), "NaN or infinite"),
        (binaryproto(np.zeros((1, 2, 4, 4), np.float32)), "has 2 channels, which do not fit"),
    ],
)
def test_other_files_are_not_mean_images(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as error:
        preprocessing_from(Given(mean=str(path)), None)
    assert str(path) in str(error.value)
    np.save(tmp_path / "mean.npy", np.array([{}], object))
    with pytest.raises(InputError, match=r"mean\.npy"):
        preprocessing_from(Given(mean=str(tmp_path / "mean.npy")), None)
    with pytest.raises(InputError, match="does not exist"):
        preprocessing_from(Given(mean=str(tmp_path / "none.binaryproto")), None)


def test_images_for_caffe_are_bgr_if_nothing_says_otherwise() -> None:
    node = Node("relu", "relu", ("data",))
    network = Network("net", (Input("data", (4, 4, 3)),), (node,), {}, origin="caffe")
    found = with_given(network, Given(mean="123,117,104")).inputs[0].preprocessing
    assert found == Preprocessing("BGR", (104.0, 117.0, 123.0), filter="bilinear")
    assert with_given(network, Given()).inputs[0].preprocessing is None
    assert with_given(network, Given("none")).inputs[0].preprocessing == NAMED["none"]
