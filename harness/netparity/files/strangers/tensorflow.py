"""What TensorFlow and its relatives write: checkpoints, graphs, Keras models without weights."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from netparity.files.strangers.seen import Seen
from netparity.files.strangers.stranger import (
    AS_NPZ,
    AS_ONNX,
    Kind,
    Stranger,
    filled,
    first,
    python,
)

CONVERT = "python -m tf2onnx.convert"

_TABLE_END = bytes.fromhex("57fb808b247547db")
_SHARD = re.compile(r"(.+)\.data-\d{5}-of-\d{5}$")
_STATE = re.compile(r"\s*model_checkpoint_path:\s*\"([^\"\n]{1,200})\"")
_NODE = re.compile(rb"\x0a[\x01-\xff]{1,4}?\x0a.[\w./-]{1,127}\x12.[A-Z]\w{2,40}", re.S)

KINDS = (
    Kind(
        "is a TensorFlow Lite model",
        f"{AS_ONNX}: {CONVERT} --tflite {{path}} --output {{onnx}}",
        magic=(b"TFL3",),
        at=4,
    ),
    Kind(
        "is a log of TensorBoard, not a network",
        "Save the model in the program that trains it: model.save('model.keras')",
        holds=(b"brain.Event:",),
        sort="other",
    ),
)
_IN_JSON = (
    Kind(
        "is a TensorFlow.js model",
        f"{AS_ONNX}: {CONVERT} --tfjs {{path}} --output {{onnx}}",
        holds=(b'"modelTopology"',),
    ),
    Kind(
        "is the architecture of a Keras model without its weights",
        "Load the weights into it and save both as one file",
        code="import keras; m = keras.models.model_from_json(open({path}).read()); "
        'm.load_weights("weights.h5"); m.save("model.h5")',
        holds=(b'"class_name"', b'"config"'),
    ),
)


def recognise(seen: Seen) -> Stranger | None:
    """What a file of TensorFlow's is; None if it is none."""
    return next((found for found in _all(seen) if found is not None), None)


def _all(seen: Seen) -> Iterator[Stranger | None]:
    yield first(KINDS, seen)
    yield _checkpoint(seen)
    yield _graph(seen)
    if seen.text.lstrip().startswith("{"):
        yield first(_IN_JSON, seen)
    yield _yaml(seen)


def checkpoint_help(prefix: Path) -> str:
    """How the tensors of a checkpoint become a file that is read."""
    code = (
        "import numpy, tensorflow as tf; r = tf.train.load_checkpoint({path}); "
        'numpy.savez("weights.npz", **{n: r.get_tensor(n) for n in r.get_variable_to_shape_map()})'
    )
    return f"{AS_NPZ}: {python(code, prefix)}"


def saved_model_help(folder: Path) -> str:
    """How a SavedModel becomes a file that is read."""
    return f"{AS_ONNX}: {CONVERT} --saved-model {shlex.quote(str(folder))} --output model.onnx"


def _checkpoint(seen: Seen) -> Stranger | None:
    path = seen.path
    part = _SHARD.match(path.name)
    if match := _STATE.match(seen.text):
        says = "is TensorFlow's list of checkpoints, not a checkpoint"
        return Stranger(says, checkpoint_help(path.parent / match[1]), sort="model")
    if part:
        prefix, says = path.with_name(part[1]), "is a part of a TensorFlow checkpoint"
    elif seen.tail.endswith(_TABLE_END):
        is_index = path.suffix == ".index"
        prefix = path.with_suffix("") if is_index else path
        says = (
            "is the index of a TensorFlow checkpoint" if is_index else "is a TensorFlow checkpoint"
        )
    elif path.suffix == ".meta" and seen.head.startswith(b"\x0a") and b"\x12" in seen.head:
        prefix, says = path.with_suffix(""), "is the graph of a TensorFlow checkpoint"
    else:
        return None
    if prefix.parent.name == "variables" and (prefix.parent.parent / "saved_model.pb").exists():
        says = says.replace("checkpoint", "SavedModel")
        return Stranger(says, saved_model_help(prefix.parent.parent), sort="model")
    return Stranger(says, checkpoint_help(prefix), sort="model")


def _graph(seen: Seen) -> Stranger | None:
    path = seen.path
    if path.name in ("saved_model.pb", "saved_model.pbtxt"):
        says = "is the graph of a TensorFlow SavedModel, whose weights are beside it"
        return Stranger(says, saved_model_help(path.parent), sort="model")
    # A GraphDef is a list of nodes, each of which begins with its name and its operation.
    if _NODE.match(seen.head) and seen.name.endswith((".pb", ".graphdef", ".frozen")):
        help = f"{AS_ONNX}: {CONVERT} --graphdef {{path}} --inputs INPUT:0 --outputs OUTPUT:0 "
        says = "is a frozen graph of TensorFlow"
        return Stranger(says, filled(help + "--output {onnx}", seen), sort="model")
    if re.match(r"\s*node \{\s+name: ", seen.text):
        help = "Freeze it with its checkpoint and write it as ONNX: " + CONVERT
        help += " --checkpoint CHECKPOINT.meta --inputs INPUT:0 --outputs OUTPUT:0 --output {onnx}"
        return Stranger("is a graph of TensorFlow as text", filled(help, seen), sort="model")
    return None


def _yaml(seen: Seen) -> Stranger | None:
    if not re.search(r"^class_name: \w+", seen.text, re.M) or "\nconfig:" not in f"\n{seen.text}":
        return None
    code = (
        "import keras; m = keras.models.model_from_yaml(open({path}).read()); "
        'm.load_weights("weights.h5"); m.save("model.h5")'
    )
    help = "With the Keras that wrote it (2.4 or older), save it and its weights as one file: "
    says = "is the architecture of a Keras model without its weights"
    return Stranger(says, help + python(code, seen.path), sort="model")
