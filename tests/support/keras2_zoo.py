"""Models of real Keras 2 on Theano with the layers that netparity reads, and what it computes.

Run by Keras 2's own Python, with `python/` on its path: `python keras2_zoo.py FOLDER [NAME ...]`
writes NAME.h5 and NAME.npz, which holds the inputs (`in:NAME`) and every layer's output
(`out:NAME`). Theano compiles `every_layer` for minutes.
"""

from __future__ import annotations

import json
import os
import sys

from compat_py311 import restore_removed_names

restore_removed_names()
os.environ["KERAS_BACKEND"] = "theano"

import numpy as np  # noqa: E402
from keras import backend, layers  # noqa: E402
from keras.models import Model, Sequential  # noqa: E402

RANDOM = np.random.default_rng(1)


def every_layer(channels_first):
    """Every layer on one image of 7 x 5 with 4 channels."""
    shape = (4, 7, 5) if channels_first else (7, 5, 4)
    image = layers.Input(shape, name="image")
    kind = {"data_format": "channels_first" if channels_first else "channels_last"}
    channels = 1 if channels_first else -1
    made = []

    def put(layer):
        made.append(layer(image))

    for padding in ("same", "valid"):
        both = {**kind, "padding": padding}
        for size, strides, dilations in (
            (3, 1, 1),
            (3, 2, 1),
            ((2, 4), (2, 3), 1),
            ((5, 3), 1, (1, 2)),
            (2, 1, 1),
        ):
            put(layers.Conv2D(3, size, strides=strides, dilation_rate=dilations, **both))
        for size, strides, multiplier in ((3, 1, 1), (3, 2, 2), ((3, 5), (1, 1), 2)):
            rest = {"strides": strides, "depth_multiplier": multiplier, **both}
            put(layers.DepthwiseConv2D(size, activation="relu", **rest))
            put(layers.SeparableConv2D(7, size, activation="elu", **rest))
        for size, strides in ((3, 1), (3, 2), ((5, 3), (3, 2))):
            put(layers.Conv2DTranspose(3, size, strides=strides, activation="tanh", **both))
        for size, strides in ((2, None), (3, 2), ((3, 2), (2, 1)), (3, 1), ((2, 4), (2, 3))):
            put(layers.MaxPooling2D(size, strides, **both))
            put(layers.AveragePooling2D(size, strides, **both))
    put(layers.Conv2DTranspose(3, 2, strides=2, **kind))
    put(layers.Conv2DTranspose(3, (2, 3), strides=3, **kind))
    put(layers.Conv2DTranspose(3, 3, strides=2, output_padding=1, padding="same", **kind))
    put(layers.GlobalAveragePooling2D(**kind))
    put(layers.GlobalMaxPooling2D(**kind))
    put(layers.ZeroPadding2D(((1, 2), (0, 3)), **kind))
    put(layers.ZeroPadding2D(2, **kind))
    put(layers.Cropping2D(((1, 2), (0, 3)), **kind))
    put(layers.UpSampling2D((2, 3), **kind))
    put(layers.Flatten(**kind))
    put(layers.Dense(5, activation="softmax"))
    put(layers.Reshape((-1, 5)))
    put(layers.Reshape((4, 5, 7)))
    put(layers.Permute((3, 1, 2)))
    put(layers.Permute((2, 3, 1)))
    put(layers.BatchNormalization(axis=channels))
    put(layers.BatchNormalization(axis=channels, center=False))
    put(layers.BatchNormalization(axis=2, scale=False))
    for shared in (None, [1, 2], [2, 3]):
        put(layers.PReLU(shared_axes=shared))
    for axis in (-1, 1, 2):
        put(layers.Softmax(axis=axis))
    for name in ("hard_sigmoid", "elu", "selu", "sigmoid", "tanh", "linear"):
        put(layers.Activation(name))
    put(layers.ReLU(max_value=1.0))
    put(layers.ReLU(negative_slope=0.2))
    put(layers.ReLU(max_value=1.0, negative_slope=0.2))
    put(layers.LeakyReLU(0.1))
    put(layers.ELU(0.5))
    for layer in (
        layers.Dropout(0.3),
        layers.SpatialDropout2D(0.3, **kind),
        layers.GaussianNoise(0.1),
    ):
        put(layer)
    first, second = made[0], layers.Activation("tanh")(made[0])
    made.append(layers.Add()([first, second, first]))
    made.append(layers.Subtract()([first, second]))
    made.append(layers.Multiply()([first, second]))
    made.append(layers.Average()([first, second, second]))
    made.append(layers.Concatenate(axis=channels)([first, second, image]))
    made.append(layers.Concatenate(axis=2)([first, second]))
    return Model(image, made, name="every_layer")


def nested():
    """A nested model that is called twice, with a layer in it that is not trained."""
    block_input = layers.Input((6, 6, 4))
    conv = layers.Conv2D(4, 3, padding="same", strides=2, name="strided")
    y = layers.UpSampling2D(name="enlarged")(conv(layers.ReLU(name="relu")(block_input)))
    block = Model(block_input, layers.BatchNormalization(name="norm")(y), name="block")
    block.get_layer("strided").trainable = False
    x = layers.Input((6, 6, 4), name="x")
    once = block(layers.Conv2D(4, 3, padding="same", name="conv")(x))
    twice = block(once)
    joined = layers.Flatten(name="flatten")(layers.Add(name="add")([once, twice]))
    return Model(x, layers.Dense(3, name="head")(joined), name="outer")


def sequential():
    return Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", input_shape=(8, 8, 3), name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dense(4, activation="softmax", name="prob"),
        ]
    )


MODELS = {
    "every_layer": lambda: every_layer(False),
    "every_layer_channels_first": lambda: every_layer(True),
    "nested": nested,
    "sequential": sequential,
}


def draw(model):
    """Weights that let every layer do something."""
    for layer in model.layers:
        drawn = []
        for variable, stored in zip(layer.weights, layer.get_weights(), strict=True):
            if "variance" in variable.name:
                values = RANDOM.uniform(0.5, 2, stored.shape)
            elif "kernel" in variable.name:
                scale = 1.5 / np.sqrt(np.prod(stored.shape[:-1]))
                values = RANDOM.normal(0, scale, stored.shape)
            else:
                values = RANDOM.normal(0, 0.5, stored.shape)
            drawn.append(values.astype("float32"))
        layer.set_weights(drawn)


if __name__ == "__main__":
    folder, *chosen = sys.argv[1:]
    for name in chosen or MODELS:
        model = MODELS[name]()
        draw(model)
        model.save(os.path.join(folder, name + ".h5"))
        called = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
        nodes = [layer.get_output_at(-1) for layer in called]
        given = [
            RANDOM.normal(0, 1, (1, *backend.int_shape(entry)[1:])).astype("float32")
            for entry in model.inputs
        ]
        run = backend.function([*model.inputs, backend.learning_phase()], nodes)
        arrays = {f"in:{entry.name}": x for entry, x in zip(model.inputs, given, strict=True)}
        for layer, values in zip(called, run([*given, 0]), strict=True):
            arrays[f"out:{layer.name}"] = values
        # One array for all, since each in an archive takes some hundred bytes.
        index = [[label, list(values.shape)] for label, values in arrays.items()]
        flat = np.concatenate([np.ravel(values) for values in arrays.values()])
        path = os.path.join(folder, name + ".npz")
        np.savez_compressed(path, index=json.dumps(index), values=flat.astype("float32"))
