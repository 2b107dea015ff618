"""Make a network of keras.applications by its name, with random weights or those of a file.

python make_keras_network.py request.json

Leaves NAME.keras and the answer (see network_maker.py): who built the network, the versions, and
what the application's own preprocess_input does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras_home import ignore_user_keras_config
from keras_networks import application_called, applications, preprocess_input_of, stated_by
from network_maker import Request, UnknownNetworkError, main, normalising, say, unlike

USUAL_SIZE = (224, 224)
"""Of a network that takes images of any size; what ImageNet's networks are trained with."""


def make(request: Request) -> dict[str, Any]:
    """Make the network and save it. Raises UnknownNetworkError with the names that there are."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    ignore_user_keras_config()

    import keras  # type: ignore[import-not-found]

    names = applications(keras)
    if request.name not in names:
        raise UnknownNetworkError(names)
    keras.config.set_image_data_format("channels_last")
    keras.utils.set_random_seed(request.seed)
    application = application_called(keras, request.name)
    say(f"building {request.name}")
    model = build(application, request)
    preprocess_input = preprocess_input_of(application)
    if request.weights is None:
        randomise(keras, model, preprocess_input, request.seed)
    say("saving it")
    model.save(request.path(".keras"))
    return {
        "file": f"{request.name}.keras",
        "built": f"keras.applications.{request.name}",
        "versions": {"keras": str(keras.__version__)},
        "preprocessing": stated_by(preprocess_input),
    }


def build(application: Callable[..., Any], request: Request) -> Any:
    """Return the network in the size that is asked for, else in the application's own."""
    size = request.input_size
    shape = None if size is None else (*size, 3)
    model = application(weights=request.weights, input_shape=shape)
    if None in model.input_shape[1:]:
        model = application(weights=request.weights, input_shape=(*USUAL_SIZE, 3))
    return model


def randomise(keras: Any, model: Any, preprocess_input: Callable[..., Any], seed: int) -> None:
    """Give every tensor that begins as a constant random values, and normalisations fitting ones.

    Batch normalisations get means and variances of the size of those that they meet, so that
    activations neither vanish nor explode in a deep network.
    """
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        drawn = unlike(np.asarray(weight), generator)
        if drawn is not None:
            weight.assign(np.abs(drawn) if weight.name.endswith("variance") else drawn)
    layers = [
        layer for layer in every_layer(model) if isinstance(layer, keras.layers.BatchNormalization)
    ]
    if not layers:
        return
    say("fitting its normalisations to random pixels")
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0  # the statistics become those of this one image
    pixels = generator.uniform(0, 255, (1, *model.input_shape[1:])).astype(np.float32)
    model(preprocess_input(pixels), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
        mean, variance = normalising(
            np.asarray(layer.moving_mean), np.asarray(layer.moving_variance), generator
        )
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)


def every_layer(model: Any) -> Iterator[Any]:
    """Every layer, those of nested models in place of the models."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from every_layer(layer)
        else:
            yield layer


if __name__ == "__main__":
    sys.exit(main(make, sys.argv[1:]))
