"""Files of weights alone, from a nested model of real Keras, and what Keras has in them.

Run by that Keras's own Python: `python keras_weight_files.py MODULE FOLDER`, where MODULE is
`keras` or `tf_keras`; Keras 2 needs `python/` on its path. It writes `nested.h5` (not with
Keras 3), `nested.weights.h5` (not with Keras 2) with an optimizer's state, `numbered.npz` of
`get_weights()`, and `truth.npz`: the same arrays under their names in Keras.
"""

from __future__ import annotations

import importlib
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3")

import numpy as np


def nested(layers, models):
    """A convolutional model with batch normalisation in a sequential one with a head."""
    image = layers.Input((8, 8, 3))
    x = image
    for place, filters in enumerate((4, 4, 6)):
        conv = layers.Conv2D(filters, 3, padding="same", use_bias=place != 1, name=f"c{place}")
        x = layers.BatchNormalization(name=f"bn{place}")(conv(x))
    base = models.Model(image, x, name="base")
    head = [layers.Dense(5, input_shape=(384,)), layers.Dropout(0.1), layers.Dense(3)]
    return models.Sequential(
        [base, layers.Flatten(), models.Sequential(head, name="head")], name="outer"
    )


if __name__ == "__main__":
    module, folder = sys.argv[1:]
    version = 2 if module == "tf_keras" else 3
    try:
        from compat_py311 import restore_removed_names

        restore_removed_names()
        os.environ["KERAS_BACKEND"], version = "theano", 1
    except ImportError:
        pass
    layers = importlib.import_module(f"{module}.layers")
    models = importlib.import_module(f"{module}.models")
    model = nested(layers, models)
    random = np.random.default_rng(1)
    if version > 1:  # Theano would compile for a minute
        model.compile("adam", "mse")
        model.fit(np.zeros((2, 8, 8, 3)), np.zeros((2, 3)), verbose=0)
    model.set_weights([random.normal(0, 1, values.shape) for values in model.get_weights()])
    if version < 3:
        model.save_weights(os.path.join(folder, "nested.h5"))
    if version > 1:
        model.save_weights(os.path.join(folder, "nested.weights.h5"))
    np.savez(os.path.join(folder, "numbered.npz"), *model.get_weights())
    found = {}
    for variable in model.weights:
        value = np.asarray(variable) if version > 1 else variable.get_value()
        found[getattr(variable, "path", variable.name)] = value
    np.savez(os.path.join(folder, "truth.npz"), **found)
