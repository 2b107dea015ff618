"""The canonical weights: safetensors, float32, HWIO kernels, first layer in RGB order.

Tensors are named `<layer>.kernel` (height x width x input x output channels) and
`<layer>.bias`. Dense layers are kernels as large as their input, so that one shape rule and
one flattening order (height, width, channels) hold throughout.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.models import MODELS, Model

Tensor = npt.NDArray[np.float32]
Tensors = Mapping[str, Tensor]


class StoredTensors(Mapping[str, Tensor]):
    """The tensors of a safetensors file, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        from safetensors import safe_open

        self._file = safe_open(path, framework="numpy")
        self._names: tuple[str, ...] = tuple(self._file.keys())  # type: ignore[no-untyped-call]

    def __getitem__(self, name: str) -> Tensor:
        if name not in self._names:
            raise KeyError(name)
        tensor: Tensor = self._file.get_tensor(name)  # type: ignore[no-untyped-call]
        return tensor

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def content_hash(tensors: Tensors, model: Model) -> str:
    """SHA-256 over names, shapes and values: the same numbers give the same hash in any file."""
    digest = hashlib.sha256()
    for name in model.parameter_shapes:
        tensor = np.ascontiguousarray(tensors[name], dtype="<f4")
        digest.update(json.dumps([name, list(tensor.shape), "float32"]).encode())
        digest.update(tensor.data)
    return digest.hexdigest()


def write(path: Path, tensors: Tensors, model: Model, source: str, sha256: str) -> None:
    """Write the canonical file with what identifies it."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    metadata = {
        "model": model.name,
        "source": source,
        "sha256": sha256,
        "layout": "kernels HWIO, first layer RGB, dense layers as full-size kernels",
    }
    arrays = {name: np.ascontiguousarray(tensors[name]) for name in tensors}
    try:
        save_file(arrays, path, metadata)
    except SafetensorError as error:  # a full disk, for one
        raise OSError(str(error)) from error


def describe(path: Path) -> dict[str, str] | None:
    """What a canonical file says of itself (model, source, sha256); None if it says too little."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError):
        return None
    return metadata if {"model", "source", "sha256"} <= set(metadata) else None


def is_intact(path: Path, model: Model, sha256: str) -> bool:
    """Whether the file is there and holds the numbers that it is named for."""
    from safetensors import SafetensorError

    if not path.exists():
        return False
    try:
        return content_hash(StoredTensors(path), model) == sha256
    except (SafetensorError, OSError, KeyError):
        return False


def validate(tensors: Tensors, model: Model, path: Path) -> None:
    """Check that the tensors are exactly the model's, with finite values.

    Raises:
        InputError: naming the first tensor that is missing, left over, of another shape or
            not finite.
    """
    check_shapes(tensors, model, path)
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise InputError(f"weights {path}: {name} holds NaN or infinite values")


def check_shapes(tensors: Tensors, model: Model, path: Path) -> None:
    """Check names and shapes alone.

    Raises:
        InputError: naming the first tensor that is missing, left over or of another shape.
    """
    expected = model.parameter_shapes
    for name, shape in expected.items():
        if name not in tensors:
            raise InputError(f"weights {path}: {name} is missing; {model.name} needs it")
        if tuple(tensors[name].shape) != shape:
            raise InputError(
                f"weights {path}: {name} has shape {tuple(tensors[name].shape)}, "
                f"{model.name} needs {shape}{_hint(tensors, model)}"
            )
    if left_over := sorted(set(tensors) - set(expected)):
        raise InputError(f"weights {path}: {left_over[0]} does not belong to {model.name}")


def _hint(tensors: Tensors, model: Model) -> str:
    """Name the other model that the file does hold, told by its convolutions.

    (A dense kernel's shape may have been read wrongly for want of the right model.)
    """
    for other in MODELS.values():
        if other is model:
            continue
        convolutions = [layer for layer in other.parametric_layers if layer.kind == "conv"]
        if all(
            layer.kernel in tensors and tensors[layer.kernel].shape == layer.kernel_shape
            for layer in convolutions
        ):
            return f"; the file holds {other.name}: call with --model {other.name}"
    return ""
