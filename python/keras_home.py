"""The settings in a user's home, which would change what Keras computes."""

from __future__ import annotations

import os


def ignore_user_keras_config() -> None:
    """Keep ~/.keras/keras.json from being read and written. Call before importing Keras.

    Keras reads and writes $KERAS_HOME/keras.json and ignores failures of both; there can be no file
    below the null device.
    """
    os.environ["KERAS_HOME"] = os.devnull
