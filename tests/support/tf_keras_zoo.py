"""Models of the Keras 2 that is part of TensorFlow 2 (tf-keras), and what it computes from them.

`python tf_keras_zoo.py FOLDER`, with tf-keras 2.21 installed, writes what `keras3_zoo.py` does. It
is in no environment of netparity's: only its files are used.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
from tf_keras import Input, Model, Sequential, layers

RANDOM = np.random.default_rng(1)


def nested():
    """Models that are called twice, one of them built late, and names with a slash."""
    block_input = Input((6, 6, 4))
    y = layers.Conv2D(4, 3, padding="same", strides=2, name="part/strided")(block_input)
    y = layers.UpSampling2D(interpolation="bilinear", name="part/enlarged")(y)
    block = Model(block_input, layers.BatchNormalization(axis=[3], name="norm")(y), name="block")
    block.get_layer("part/strided").trainable = False
    late = Sequential([layers.Conv2D(4, 1, name="late"), layers.ReLU(name="relu")], name="path")
    x = Input((6, 6, 4), name="x")
    y = late(block(late(block(x))))
    y = layers.Dense(2, activation="swish", name="out/head")(layers.Flatten(name="flatten")(y))
    return Model(x, y, name="outer")


def functions():
    """`x + y` and `x * 2` of outputs of layers."""
    x = Input((6, 6, 4), name="x")
    y = layers.DepthwiseConv2D(3, padding="same", strides=1, name="deep")(x)
    return Model(x, layers.LeakyReLU(name="end")((y + x) * 2.0 - 0.5), name="functions")


if __name__ == "__main__":
    for model in (nested(), functions()):
        for variable in model.weights:
            shape = tuple(variable.shape)
            positive = "variance" in variable.name
            values = RANDOM.uniform(0.5, 2, shape) if positive else RANDOM.normal(0, 0.3, shape)
            variable.assign(values.astype("float32"))
        path = os.path.join(sys.argv[1], "nested" if model.name == "outer" else model.name)
        model.save(path + ".keras")
        model.save(path + ".h5")
        called = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
        given = RANDOM.normal(0, 1, (1, *model.input_shape[1:])).astype("float32")
        run = Model(model.inputs, [layer.get_output_at(-1) for layer in called])
        arrays = {"in:x": given}
        for layer, values in zip(called, run.predict(given, verbose=0), strict=True):
            arrays[f"out:{layer.name}"] = values
        index = [[label, list(values.shape)] for label, values in arrays.items()]
        flat = np.concatenate([np.ravel(values) for values in arrays.values()])
        np.savez_compressed(path + ".npz", index=json.dumps(index), values=flat.astype("float32"))
