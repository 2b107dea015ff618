"""What a function does to pixels is found by calling it.

The three functions are the modes of `imagenet_utils.preprocess_input`, by Keras's documentation.
"""

from __future__ import annotations

import numpy as np
import pytest

from affine_map import NotAffineError, preprocessing_of
from job_files import Preprocessing
from native_image import normalised

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def caffe(x: np.ndarray) -> np.ndarray:
    """BGR, the mean of ImageNet subtracted; in place, as Keras does it."""
    x = x[..., ::-1]
    x -= np.array([103.939, 116.779, 123.68], np.float32)
    return x


def tf(x: np.ndarray) -> np.ndarray:
    return x / np.float32(127.5) - np.float32(1)


def torch(x: np.ndarray) -> np.ndarray:
    return (x / np.float32(255) - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)


FOUND = {
    caffe: {"order": "BGR", "scale": 1.0, "mean": [103.939, 116.779, 123.68], "deviation": [1.0]},
    tf: {"order": "RGB", "scale": 1 / 127.5, "mean": [1.0], "deviation": [1.0]},
    torch: {"order": "RGB", "scale": 1 / 255, "mean": MEAN, "deviation": DEVIATION},
}


@pytest.mark.parametrize("function", FOUND, ids=lambda function: function.__name__)
def test_the_numbers_are_found_as_people_write_them(function) -> None:
    assert preprocessing_of(function) == FOUND[function]


def test_a_network_that_preprocesses_by_itself_has_none() -> None:
    found = preprocessing_of(lambda x: x)
    assert found == {"order": "RGB", "scale": 1.0, "mean": [0.0], "deviation": [1.0]}


@pytest.mark.parametrize("function", FOUND, ids=lambda function: function.__name__)
def test_what_is_stated_computes_the_same(function) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3)).astype(np.float32)
    stated = Preprocessing(**preprocessing_of(function))
    computed = normalised(pixels, stated, None)
    np.testing.assert_allclose(computed, function(pixels.copy()), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: np.repeat(x.mean(-1, keepdims=True), 3, -1), "channels"),
        (lambda x: x[..., [1, 2, 0]], "channels"),
        (lambda x: 255 - x, "not all positive"),
        (lambda x: x**2 / 255, "many colours"),
        (lambda x: x - x.mean((1, 2, 3), keepdims=True), "many colours"),
        (lambda x: x * np.linspace(0.5, 1, x.shape[1])[None, :, None, None], "one colour"),
        (lambda x: x.transpose(0, 3, 1, 2), "shape"),
    ],
    ids=["grey", "rotated", "negative", "squared", "centred", "vignette", "channels first"],
)
def test_anything_else_is_refused(function, words: str) -> None:
    with pytest.raises(NotAffineError, match=words):
        preprocessing_of(function)
