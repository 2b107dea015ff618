"""A model file of Keras (.keras, or .h5 with a configuration): checked, loaded, and its outputs.

Only layers of Keras itself are accepted: nothing that a file says is imported or run.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from typing import Any

from network_file import NetworkFile

MOST_BYTES = 64 * 2**20
SUFFIXES = (".keras", ".h5", ".hdf5")

# Layers of Keras that run code, or read other files, that a file names.
REFUSED = (
    *("Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"),
    *("TFOpLambda", "SlicingOpLambda"),  # of tf-keras: any function of TensorFlow
)


class ModelFileError(ValueError):
    """The model file cannot be used; the message names it."""


def load_file(keras: Any, path: str) -> Any:
    """Return the model in a file, with its weights; not compiled for training.

    Raises ModelFileError naming the file, FileNotFoundError if there is none.
    """
    refuse_code(path, read_config(path))
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many types, some without a message
        reason = f"{type(error).__name__}: {error}"
        raise ModelFileError(f"Keras cannot load model file '{path}': {reason}") from error


def read_config(path: str) -> Any:
    """Return the configuration in a model file, as JSON values. Raises ModelFileError."""
    if not os.path.isfile(path):
        raise FileNotFoundError(f"model file '{path}' does not exist; check the path")
    if not path.endswith(SUFFIXES):
        raise ModelFileError(
            f"model file '{path}' has a name by which Keras 3 expects another format; rename it "
            f"to end in one of {SUFFIXES}"
        )
    try:
        text = _zipped(path) if path.endswith(".keras") else _attribute(path)
        return json.loads(text)
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise ModelFileError(
            f"model file '{path}' has no configuration that can be read ({error}); "
            "save the whole model, not its weights alone"
        ) from error


def _zipped(path: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo("config.json").file_size > MOST_BYTES:
            raise ValueError(f"config.json is larger than {MOST_BYTES} bytes")
        return archive.read("config.json")


def _attribute(path: str) -> bytes | str:
    import h5py  # type: ignore[import-untyped,import-not-found,unused-ignore]

    with h5py.File(path, "r") as file:
        text: bytes | str = file.attrs["model_config"]
        return text


def written_by(path: str) -> str:
    """Return who wrote a model file, in words for the result: a user's tool, or netparity."""
    if path.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            metadata = (
                archive.read("metadata.json") if "metadata.json" in archive.namelist() else b""
            )
        if b'"netparity"' in metadata:
            return "netparity, from the graph"
    return "the file"


def refuse_code(path: str, config: Any, package: str = "keras") -> None:
    """Raise ModelFileError for a layer that is not Keras's own, or that runs code from the file.

    package: the name of this Keras, from which layers may come beside `keras`.
    """
    for entry in _objects(config):
        name, module = entry["class_name"], entry.get("module")
        own = module is None or str(module).split(".")[0] in ("keras", package, "builtins")
        if name in REFUSED or entry.get("registered_name") in REFUSED or not own:
            raise ModelFileError(
                f"model file '{path}' has an object of class {str(name)[:80]!r} "
                f"(module {str(module)[:80]!r}), which runs code of its own; only the layers of "
                "Keras itself are run"
            )


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every object that a configuration describes, at any depth."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def check_input(path: str, model: Any, network: NetworkFile, data_format: str) -> None:
    """Raise ModelFileError unless the model takes the network's one input in this data format."""
    if len(network.inputs) != 1 or len(model.inputs) != 1:
        raise ModelFileError(
            f"model file '{path}' has {len(model.inputs)} inputs and its network.json "
            f"{len(network.inputs)}; only networks with one input can be run"
        )
    expected = list(network.inputs[0].shape)
    if data_format == "channels_first" and len(expected) == 3:
        expected = [expected[2], *expected[:2]]
    found = list(model.inputs[0].shape[1:])
    fits = len(found) == len(expected)
    if not fits or any(f not in (None, e) for f, e in zip(found, expected, strict=True)):
        raise ModelFileError(
            f"model file '{path}' takes an input of shape {found}, but the job gives {expected} "
            f"in {data_format}; choose the data format of the file"
        )
