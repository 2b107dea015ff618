"""The networks of keras.applications by name, and the preprocessing that belongs to each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from affine_map import preprocessing_of
from job_files import Preprocessing

PREFIX = "keras:"
"""Of the names of networks that Keras made, in network.json."""

FILTER = "nearest"
"""What load_img resizes with unless it is told otherwise."""


def applications(keras: Any) -> list[str]:
    """Return the names of all networks; the modules beside them have lower-case names."""
    found = keras.applications
    return [name for name in dir(found) if name[0].isupper() and callable(getattr(found, name))]


def application_called(keras: Any, name: str) -> Callable[..., Any]:
    """Return the function that builds a network. Raises ValueError if there is none."""
    if name not in applications(keras):
        raise ValueError(f"keras.applications of Keras {keras.__version__} has no {name!r}")
    function: Callable[..., Any] = getattr(keras.applications, name)
    return function


def preprocess_input_of(application: Callable[..., Any]) -> Callable[..., Any]:
    """Return the `preprocess_input` that stands beside the application, in the same module."""
    function: Callable[..., Any] = sys.modules[application.__module__].preprocess_input
    return function


def is_application(keras: Any, network: str) -> bool:
    """Whether this is the name of a network that Keras made, as network.json has it."""
    return network.startswith(PREFIX) and network.removeprefix(PREFIX) in applications(keras)


def stated_by(preprocess_input: Callable[..., Any]) -> dict[str, Any]:
    """Return what load_img and `preprocess_input` do to an image, as a network states it.

    Raises NotAffineError for a function whose effect no network can state.
    """
    stated = preprocessing_of(lambda x: preprocess_input(x, data_format="channels_last"))
    return {**stated, "filter": FILTER}


def own_preprocessing(
    keras: Any, network: str, preprocessing: Preprocessing
) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return the `preprocess_input` of a network that Keras made, N x H x W x 3 in and out.

    None for any other network, and if the job states another preprocessing than this function's.
    """
    if not is_application(keras, network):
        return None
    application = application_called(keras, network.removeprefix(PREFIX))
    preprocess_input = preprocess_input_of(application)
    if preprocessing != Preprocessing(**stated_by(preprocess_input)):
        return None
    return lambda pixels: preprocess_input(pixels, data_format="channels_last")
