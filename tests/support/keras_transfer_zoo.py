"""Models as people fine-tune them: a VGG with another head, models in models, preprocessing inside.

Run by the Python of Keras 3, of tf-keras or of Keras 2 on Theano: `python keras_transfer_zoo.py
KERAS FOLDER`, KERAS being `keras`, `tf_keras` or `keras2`, writes NAME.h5 (and NAME.keras, if it
can), and NAME.npz: the inputs (`in:NAME`) and what the model predicts from them (`end`).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

KERAS, FOLDER = sys.argv[1:]
os.environ.update(TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
if KERAS == "keras2":
    from compat_py311 import restore_removed_names

    restore_removed_names()
    os.environ["KERAS_BACKEND"] = "theano"
    import keras
    from keras.layers import Input
    from keras.models import Model, Sequential
elif KERAS == "tf_keras":
    import tf_keras as keras
    from tf_keras import Input, Model, Sequential
else:
    import keras
    from keras import Input, Model, Sequential

import numpy as np  # noqa: E402

layers = keras.layers
RANDOM = np.random.default_rng(1)
SHAPE = (16, 16, 3)


def vgg(classes=0, activation="relu", name="vgg16", **kind):
    """Two blocks of VGG16 with its names, and its top if there are classes."""
    x = image = Input(SHAPE)
    for block, filters in ((1, 4), (2, 6)):
        for number in (1, 2):
            conv = f"block{block}_conv{number}"
            both = {"padding": "same", "activation": activation, "name": conv}
            x = layers.Conv2D(filters, 3, **both, **kind)(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if classes:
        x = layers.Dense(7, activation="relu", name="fc1")(layers.Flatten(name="flatten")(x))
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return Model(image, x, name=name)


def head_on_the_output():
    base = vgg()
    x = layers.Dense(8, activation="relu")(layers.Flatten()(base.output))
    return Model(base.input, layers.Dense(3, activation="softmax")(layers.Dropout(0.5)(x)))


def model_in_a_sequential():
    return Sequential([vgg(), layers.Flatten(), layers.Dense(5), layers.Activation("softmax")])


def normalised_head():
    head = [layers.GlobalAveragePooling2D(), layers.BatchNormalization()]
    return Sequential([vgg(), *head, layers.Dense(1, activation="sigmoid")])


def another_last_layer():
    base = vgg(classes=10)
    return Model(base.input, layers.Dense(3, name="mine")(base.layers[-2].output))


def layers_copied():
    """In Keras 2, such a file does not state its input."""
    model = Sequential()
    for layer in vgg(classes=10).layers[:-1]:
        model.add(layer)
    model.add(layers.Dense(2, activation="softmax"))
    return model


def wrapped_twice():
    """A model in a model in a model, whose names are those of the others, and at their ends."""
    inner, middle = Input(SHAPE), Input(SHAPE)
    first = Model(inner, vgg(name="net")(inner), name="net")
    return Model(middle, first(middle), name="net")


def functional_in_sequential_in_functional():
    features = Sequential([vgg(), layers.GlobalMaxPooling2D()], name="features")
    x = Input(SHAPE)
    outer = Model(x, layers.Dense(4, name="logits")(features(x)), name="classifier")
    return Sequential([outer, layers.Activation("softmax")])


def twins():
    embed = Sequential([vgg(), layers.Flatten(), layers.Dense(6)], name="embed")
    first, second = Input(SHAPE, name="first"), Input(SHAPE, name="second")
    difference = layers.Subtract()([embed(first), embed(second)])
    return Model([first, second], layers.Dense(1)(layers.Multiply()([difference] * 2)))


def other_arithmetic():
    model = vgg(activation="elu", dilation_rate=2)
    x = layers.AveragePooling2D(2)(layers.LeakyReLU(0.1)(model.output))
    return Model(model.input, layers.Flatten()(x))


def augmented():
    """As in TensorFlow's tutorial on transfer learning."""
    random = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.2), layers.RandomZoom(0.1)]
    random += [layers.RandomContrast(0.1), layers.RandomTranslation(0.1, 0.1)]
    x = Input(SHAPE)
    y = keras.applications.vgg16.preprocess_input(Sequential(random, name="augmentation")(x))
    y = layers.GlobalAveragePooling2D()(vgg()(y, training=False))
    return Model(x, layers.Dense(2)(layers.Dropout(0.2)(y)))


def normalised_as_torchvision():
    x = Input(SHAPE)
    y = keras.applications.densenet.preprocess_input(x)
    return Model(x, layers.Flatten()(vgg()(y)))


def rescaled():
    x = [layers.CenterCrop(*SHAPE[:2]), layers.Rescaling(1 / 255)]
    return Sequential([Input((19, 20, 3)), *x, vgg(), layers.Flatten(), layers.Dense(3)])


MODELS = [head_on_the_output, model_in_a_sequential, normalised_head, another_last_layer]
MODELS += [layers_copied, wrapped_twice, functional_in_sequential_in_functional, twins]
MODELS += [other_arithmetic]
PIXELS = [augmented, normalised_as_torchvision, rescaled]
FUNCTIONS = [augmented, normalised_as_torchvision]  # Keras 3 does not write them into .h5
if KERAS == "keras2":
    MODELS = [layers_copied, twins]  # Theano compiles each
else:
    MODELS += PIXELS


def draw(model):
    """Weights that let every layer do something, of one scale after each layer."""
    for layer in model.layers:
        if isinstance(layer, Model):
            draw(layer)
        elif layer.weights:
            shapes = [values.shape for values in layer.get_weights()]
            layer.set_weights([_drawn(shape, at) for at, shape in enumerate(shapes)])


def _drawn(shape, place):
    if len(shape) > 1:
        return RANDOM.normal(0, 1.5 / np.sqrt(np.prod(shape[:-1])), shape)
    return RANDOM.uniform(0.5, 1.5, shape) if place == 3 else RANDOM.normal(0, 0.3, shape)


def _shape(tensor):
    return keras.backend.int_shape(tensor) if KERAS == "keras2" else tensor.shape


def write(make):
    model = make()
    draw(model)
    names = [tensor._keras_history[0].name for tensor in model.inputs]
    shapes = [(1, *_shape(tensor)[1:]) for tensor in model.inputs]
    given = [RANDOM.uniform(0, 255 if make in PIXELS else 1, shape) for shape in shapes]
    given = [x.astype("float32") for x in given]
    end = model.predict(given if len(given) > 1 else given[0], verbose=0)
    arrays = {f"in:{name}": x for name, x in zip(names, given, strict=True)} | {"end": end}
    index = [[label, list(values.shape)] for label, values in arrays.items()]
    flat = np.concatenate([np.ravel(values) for values in arrays.values()])
    path = os.path.join(FOLDER, make.__name__)
    np.savez(path + ".npz", index=json.dumps(index), values=flat.astype("float32"))
    if KERAS != "keras" or make not in FUNCTIONS:
        model.save(path + ".h5")
    if KERAS != "keras2":
        # Keras 2 cannot write a slice of channels into .keras.
        with contextlib.suppress(TypeError):
            model.save(path + ".keras")


if __name__ == "__main__":
    for each in MODELS:
        write(each)
