"""What TensorFlow and Keras make of an image."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

METHODS = (
    "nearest",
    "bilinear",
    "bicubic",
    "area",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "mitchellcubic",
)
OLD = {
    "nearest": tf.compat.v1.image.resize_nearest_neighbor,
    "bilinear": tf.compat.v1.image.resize_bilinear,
    "bicubic": tf.compat.v1.image.resize_bicubic,
    "area": tf.compat.v1.image.resize_area,
}


def made(pixels, size):
    """Name to grey levels, height x width x 3.

    Args:
        pixels: height x width x 3 uint8 in RGB.
        size: height and width.
    """
    levels = {}
    for method in METHODS:
        levels[method] = tf.image.resize(pixels, size, method)
        if method not in ("nearest", "area"):
            levels[f"{method}, antialias"] = tf.image.resize(pixels, size, method, antialias=True)
    for method, resize in OLD.items():
        levels[f"v1 {method}"] = resize(pixels[None], size)[0]
        levels[f"v1 {method}, align_corners"] = resize(pixels[None], size, align_corners=True)[0]
    levels["bilinear, cast to uint8"] = tf.cast(levels["bilinear"], tf.uint8)
    levels["resize_with_pad"] = tf.image.resize_with_pad(pixels, *size)
    levels["resize_with_crop_or_pad"] = tf.image.resize_with_crop_or_pad(pixels, *size)
    levels["central_crop, bilinear"] = tf.image.resize(tf.image.central_crop(pixels, 0.875), size)
    levels["smart_resize"] = keras.preprocessing.image.smart_resize(pixels, size)
    for name in ("bilinear", "nearest", "bicubic", "area", "lanczos3"):
        levels[f"Resizing, {name}"] = keras.layers.Resizing(*size, name)(
            pixels[None].astype("float32")
        )[0]
    for option in ("crop_to_aspect_ratio", "pad_to_aspect_ratio"):
        layer = keras.layers.Resizing(*size, **{option: True})
        levels[f"Resizing, {option}"] = layer(pixels[None].astype("float32"))[0]
    return {name: np.asarray(value) for name, value in levels.items()}


def decoded(path):
    """Name to pixels of a file, height x width x 3 in RGB."""
    data = tf.io.read_file(path)
    levels = {
        "decode_jpeg": tf.io.decode_jpeg(data, 3),
        "decode_image": tf.io.decode_image(data, 3),
    }
    for method in ("INTEGER_FAST", "INTEGER_ACCURATE"):
        for fancy in (True, False):
            name = f"{method}, fancy_upscaling={fancy}"
            levels[name] = tf.io.decode_jpeg(data, 3, fancy_upscaling=fancy, dct_method=method)
    return {name: np.asarray(value) for name, value in levels.items()}
