"""Models of real Keras 3 with every layer that netparity reads, and what Keras computes from them.

Run by Keras 3's own Python: `python keras3_zoo.py FOLDER [NAME ...]` writes NAME.keras, NAME.h5 and
NAME.npz: the inputs (`in:NAME`) and every layer's output (`out:NAME`), one after another.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter

# oneDNN has no kernels for some of the transposed convolutions.
os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")

import keras
import numpy as np
from keras import Input, Model, Sequential, layers, ops

RANDOM = np.random.default_rng(1)


def every_layer(channels_first):
    """Every layer on one image of 7 x 5 with 4 channels."""
    shape = (4, 7, 5) if channels_first else (7, 5, 4)
    image = Input(shape, name="image")
    kind = {"data_format": "channels_first" if channels_first else "channels_last"}
    channels = 1 if channels_first else -1
    made = []

    def put(layer):
        output = layer(image)
        try:
            layer(np.zeros((1, *shape), np.float32))
        except Exception:
            return  # TensorFlow has no such kernel on a CPU
        made.append(output)

    for padding in ("same", "valid"):
        both = {**kind, "padding": padding}
        for size, strides, dilations in (
            (3, 1, 1),
            (3, 2, 1),
            ((2, 4), (2, 3), 1),
            ((5, 3), 1, (1, 2)),
            (1, 2, 1),
        ):
            put(layers.Conv2D(3, size, strides=strides, dilation_rate=dilations, **both))
        put(layers.Conv2D(6, 3, groups=2, activation="relu", use_bias=False, **both))
        for size, strides, dilations, multiplier in (
            (3, 1, 1, 1),
            (3, 2, 1, 2),
            ((2, 3), 1, (2, 2), 2),
        ):
            rest = {"strides": strides, "dilation_rate": dilations, "depth_multiplier": multiplier}
            put(layers.DepthwiseConv2D(size, activation="gelu", **rest, **both))
            # Not as many filters as columns: Keras 3.15 adds the bias to the columns then.
            put(layers.SeparableConv2D(9, size, activation="silu", **rest, **both))
        for size, strides, added in (
            (3, 1, None),
            (3, 2, None),
            ((2, 3), (3, 2), None),
            (2, 3, None),
            (4, 2, None),
            (3, 2, (1, 1)),
            ((3, 5), (2, 3), (1, 2)),
        ):
            put(layers.Conv2DTranspose(3, size, strides=strides, output_padding=added, **both))
        for size, strides in ((2, None), (3, 2), ((3, 2), (2, 1)), (3, 1), ((2, 4), (2, 3))):
            put(layers.MaxPooling2D(size, strides, **both))
            put(layers.AveragePooling2D(size, strides, **both))
    for keep in (True, False):
        put(layers.GlobalAveragePooling2D(keepdims=keep, **kind))
        put(layers.GlobalMaxPooling2D(keepdims=keep, **kind))
    put(layers.ZeroPadding2D(((1, 2), (0, 3)), **kind))
    put(layers.ZeroPadding2D(2, **kind))
    put(layers.Cropping2D(((1, 2), (0, 3)), **kind))
    for method in ("nearest", "bilinear"):
        put(layers.UpSampling2D((2, 3), interpolation=method, **kind))
        for size in ((5, 4), (9, 11), (7, 2)):
            put(layers.Resizing(*size, interpolation=method, **kind))
    put(layers.Flatten(**kind))
    put(layers.Flatten())
    put(layers.Dense(5, activation="softmax"))
    put(layers.Reshape((-1, 5)))
    put(layers.Reshape((4, 5, 7)))
    put(layers.Permute((3, 1, 2)))
    put(layers.Permute((2, 3, 1)))
    put(layers.BatchNormalization(axis=channels))
    put(layers.BatchNormalization(axis=2, epsilon=1e-5, scale=False))
    put(layers.BatchNormalization(axis=channels, center=False))
    for axis in (-1, 1, 2, [1, 2], [2, 3], [1, 2, 3], [3, 1]):
        put(layers.LayerNormalization(axis=axis))
    put(layers.LayerNormalization(axis=channels, center=False, epsilon=1e-5))
    put(layers.LayerNormalization(axis=channels, scale=False))
    for axis in (-1, 1, [1, 2]):
        put(layers.UnitNormalization(axis=axis))
    for shared in (None, [1, 2], [2, 3], [1]):
        put(layers.PReLU(shared_axes=shared))
    for axis in (-1, 1, 2):
        put(layers.Softmax(axis=axis))
    for name in (
        *("softmax", "relu6", "hard_sigmoid", "leaky_relu", "elu", "selu", "hard_silu", "sigmoid"),
        *("hard_tanh", "tanh", "relu", "gelu", "silu", "linear"),
    ):
        put(layers.Activation(name))
    put(layers.ReLU(max_value=1.0))
    put(layers.ReLU(negative_slope=0.2))
    put(layers.ReLU(max_value=1.0, negative_slope=0.2))
    put(layers.LeakyReLU(0.1))
    put(layers.ELU(0.5))
    put(layers.Rescaling(1 / 255, offset=0.5))
    put(layers.Rescaling(2.0 if channels_first else [1.0, 2.0, 3.0, 4.0]))
    axis = 1 if channels_first else 3
    put(layers.Normalization(axis=axis, mean=[1, 2, 3, 4], variance=[0.1, 0.2, 0.3, 0.4]))
    put(layers.Normalization(axis=None, mean=0.3, variance=2.0))
    adapted = layers.Normalization(axis=axis)
    adapted.adapt(RANDOM.normal(3, 2, (5, *shape)).astype("float32"))
    put(adapted)
    for layer in (
        layers.Dropout(0.3),
        layers.SpatialDropout2D(0.3, **kind),
        layers.GaussianNoise(0.1),
    ):
        put(layer)
    put(layers.GaussianDropout(0.1))
    put(layers.Conv2D(2, 3, padding="same", activation=layers.LeakyReLU(0.05), **kind))
    first, second = made[0], layers.Activation("tanh")(made[0])
    made.append(layers.Add()([first, second, first]))
    made.append(layers.Subtract()([first, second]))
    gate = layers.GlobalAveragePooling2D(keepdims=True, **kind)(first)
    made.append(layers.Multiply()([first, gate]))
    made.append(layers.Average()([first, second, second]))
    made.append(layers.Concatenate(axis=channels)([first, second, image]))
    made.append(layers.Concatenate(axis=2)([first, second]))
    return Model(image, made, name="every_layer")


def nested():
    """A model in a model in a model, and layers and models that are called twice."""
    block_input = Input((6, 6, 4))
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    y = layers.BatchNormalization(name="norm")(
        shared(layers.ReLU(name="relu")(shared(block_input)))
    )
    block = Model(block_input, y, name="block")
    block.get_layer("shared").trainable = False
    inside = [Input((6, 6, 4)), layers.Conv2D(4, 1, name="conv"), layers.Dropout(0.2), block]
    path = Sequential([*inside, layers.BatchNormalization(name="norm")], name="path")
    x = Input((6, 6, 4), name="x")
    once = path(layers.Conv2D(4, 3, padding="same", name="conv")(x))
    twice = path(layers.Activation("tanh", name="tanh")(once))
    joined = layers.Flatten(name="flatten")(layers.Add(name="add")([once, twice]))
    return Model(x, layers.Dense(3, name="head")(joined), name="outer")


def two_inputs():
    """Two inputs, and a nested model of two inputs and two outputs."""
    image, vector = Input((3, 3, 5)), Input((5,))
    gated = layers.Multiply(name="gated")([image, layers.Reshape((1, 1, 5), name="gate")(vector)])
    pair = Model([image, vector], [gated, layers.ReLU(name="positive")(image)], name="pair")
    a, b = Input((5, 5, 2), name="a"), Input((5,), name="b")
    first, second = pair(
        [layers.Conv2D(5, 3, name="conv")(a), layers.Dense(5, "relu", name="fc")(b)]
    )
    return Model([a, b], layers.Add(name="sum")([first, second]), name="two_inputs")


def sequential():
    model = Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dense(4, activation="softmax", name="prob"),
        ]
    )
    model.build((None, 8, 8, 3))
    return model


def functions():
    """Functions of `keras.ops`, as a user's `x + y` makes them."""
    image = Input((6, 6, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(image)
    y = x + layers.Activation("tanh", name="tanh")(x)
    y = 3.0 - (y * 2.0 - 1.0) / 2.0
    y = ops.concatenate([ops.relu(y), x], axis=-1)
    y = layers.Activation("linear", name="joined")(y)
    y = ops.pad(y, [[0, 0], [1, 2], [0, 1], [0, 0]], mode="reflect")
    y = ops.pad(y, [[0, 0], [1, 0], [0, 1], [0, 0]], constant_values=1.5)
    y = ops.maximum(ops.clip(y, -1, 1.5) * np.arange(1, 9, dtype="float32"), 0.1)
    y = layers.Activation("linear", name="kept")(y)
    y = ops.mean(ops.transpose(y, (0, 3, 1, 2)), axis=[2, 3], keepdims=True)
    y = -ops.softmax(ops.reshape(y, (-1, 8)))
    return Model(image, layers.Activation("linear", name="end")(y), name="functions")


MODELS = {
    "every_layer": lambda: every_layer(False),
    "every_layer_channels_first": lambda: every_layer(True),
    "nested": nested,
    "two_inputs": two_inputs,
    "sequential": sequential,
    "functions": functions,
}


def draw(model):
    """Weights that let every layer do something."""
    for variable in model.weights:
        layer, _, role = variable.path.rpartition("/")
        shape = tuple(variable.shape)
        if layer.rpartition("/")[2].startswith("normalization"):
            continue  # as adapted
        if "variance" in role:
            values = RANDOM.uniform(0.5, 2, shape)
        elif "kernel" in role:
            values = RANDOM.normal(0, 1.5 / np.sqrt(np.prod(shape[:-1])), shape)
        else:
            values = RANDOM.normal(0, 0.5, shape)
        variable.assign(values.astype("float32"))


def outputs(model, given):
    """Every layer's output by name: `MODEL/NAME` in nested models, `NAME_2` for a second call."""
    found, calls = {}, Counter()

    def run(model, tensors, path):
        def calling(layer):
            def call(*arguments, **options):
                if isinstance(layer, Model):
                    return run(layer, arguments, (*path, layer.name))
                whole = "/".join((*path, layer.name))
                calls[whole] += 1
                result = layer(*arguments, **options)
                found[f"{whole}_{calls[whole]}" if calls[whole] > 1 else whole] = result
                return result

            return call

        graph = getattr(model, "_functional", None) or model
        return graph._run_through_graph(tensors, operation_fn=calling)

    run(model, given if len(given) > 1 else given[0], ())
    return {name: np.asarray(values) for name, values in found.items()}


if __name__ == "__main__":
    folder, *chosen = sys.argv[1:]
    for name in chosen or MODELS:
        keras.utils.clear_session()
        model = MODELS[name]()
        draw(model)
        for suffix in (".keras", ".h5"):
            model.save(os.path.join(folder, name + suffix))
        given = [
            RANDOM.normal(0, 1, (1, *entry.shape[1:])).astype("float32") for entry in model.inputs
        ]
        arrays = {f"in:{entry.name}": x for entry, x in zip(model.inputs, given, strict=True)}
        arrays |= {f"out:{layer}": y for layer, y in outputs(model, given).items()}
        # One array for all, since each in an archive takes some hundred bytes.
        index = [[label, list(values.shape)] for label, values in arrays.items()]
        flat = np.concatenate([np.ravel(values) for values in arrays.values()])
        path = os.path.join(folder, name + ".npz")
        np.savez_compressed(path, index=json.dumps(index), values=flat.astype("float32"))
