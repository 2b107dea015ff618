"""Folders given where a file is meant: what they are, and which file in them could be."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.files.strangers.archives import weight_like
from netparity.files.strangers.frameworks import ORIGIN
from netparity.files.strangers.seen import Seen, shown
from netparity.files.strangers.stranger import AS_NPZ, Stranger, python
from netparity.files.strangers.tensorflow import saved_model_help

_ORBAX = (
    "import numpy, orbax.checkpoint; from flax.traverse_util import flatten_dict; "
    "t = orbax.checkpoint.PyTreeCheckpointer().restore({path}); "
    'numpy.savez("weights.npz", **{"/".join(k): v for k, v in flatten_dict(t).items()})'
)
ORDINARY = "is a folder"
_SHOWN = 4


def recognise(seen: Seen) -> Stranger | None:
    """What a folder is; None if it is an ordinary one without files that may hold weights."""
    return next((found for found in _all(seen) if found is not None), None)


def _all(seen: Seen) -> Iterator[Stranger | None]:
    entries, path = set(seen.entries), seen.path
    if entries & {"saved_model.pb", "saved_model.pbtxt"}:
        yield Stranger("is a TensorFlow SavedModel", saved_model_help(path.absolute()), "model")
    if path.name == "variables" and "variables.index" in entries:
        parent = path.absolute().parent
        yield Stranger(
            "holds the weights of a TensorFlow SavedModel", saved_model_help(parent), "model"
        )
    if entries & {"_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt"}:
        help = f"{AS_NPZ}: {python(_ORBAX, path.absolute())}"
        yield Stranger("is a checkpoint of Orbax (JAX)", help, "model")
    if seen.name.endswith((".mlpackage", ".mlmodelc")) or "coremldata.bin" in entries:
        yield Stranger("is a Core ML model", ORIGIN, "model")
    if {"data.pkl", "version"} <= entries:
        folder, name = seen.fields["folder"], seen.fields["name"]
        help = f"Pack it again: (cd {folder} && zip -0r weights.pth {name})"
        yield Stranger("is an unpacked file of PyTorch's", help, "model")
    if found := weight_like(seen.entries):
        listed = ", ".join(shown(name) for name in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        first = str(path / found[0])
        yield Stranger(
            f"{ORDINARY} that holds {listed}{more}", f"Give the path of a file, such as {first}"
        )
