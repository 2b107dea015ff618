"""The canonical weights, and the hash that identifies them whatever their source."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from netparity.errors import InputError
from netparity.files import safetensors_file
from netparity.files.limits import reading
from netparity.networks import Network
from netparity.protocol.lazy import LazyMapping
from netparity.weights.contents import Tensors
from netparity.weights.formats import canonical as stored_format
from netparity.weights.layout import Tensor, all_finite, load_flat

__all__ = [
    "Hashed",
    "Tensor",
    "Tensors",
    "content_hash",
    "describe",
    "is_intact",
    "stored",
    "write",
]

_PLACE_OF_HASH = "0" * 64
_HEADER_BYTES = 2**16


class Hashed(LazyMapping[Tensor]):
    """Tensors that are hashed on access, so that they are read only once.

    They must be accessed in the model's order, each once, as every writer does; otherwise
    RuntimeError is raised. A tensor is hashed while the caller uses it, and released before the
    next one is read.
    """

    def __init__(self, tensors: Tensors, model: Network) -> None:
        super().__init__(tensors, self._take)
        self._tensors, self._left = tensors, list(model.parameter_shapes)
        self._digest = hashlib.sha256()
        self._worker = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def _take(self, name: str) -> Tensor:
        if self._left[:1] != [name]:
            raise RuntimeError(f"{name} was accessed out of order; next is {self._left[:1]}")
        self._wait()
        tensor = self._tensors[self._left.pop(0)]
        self._pending = self._worker.submit(_update, self._digest, name, tensor)
        return tensor

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None

    @property
    def sha256(self) -> str:
        """The same as `content_hash`, after every tensor was accessed.

        Raises:
            RuntimeError: if a tensor was not accessed.
        """
        if self._left:
            raise RuntimeError(f"{self._left[0]} was not accessed")
        self._wait()
        return self._digest.hexdigest()


def content_hash(tensors: Tensors, model: Network) -> str:
    """SHA-256 over names, shapes and values: the same numbers give the same hash in any file."""
    digest = hashlib.sha256()
    for name in model.parameter_shapes:
        _update(digest, name, tensors[name])
    return digest.hexdigest()


def _update(digest: Any, name: str, tensor: Tensor) -> None:
    tensor = np.ascontiguousarray(tensor, dtype="<f4")
    digest.update(json.dumps([name, list(tensor.shape), "float32"]).encode())
    digest.update(tensor.data)


def stored(path: Path, model: Network) -> Tensors:
    """The tensors of a canonical file, each read and checked on access.

    Raises:
        InputError: if it is damaged or its tensors are not the network's.
    """
    with reading(path, "netparity's safetensors"):
        arrays, _ = safetensors_file.read(path)
    for name, shape in model.tensors.items():
        found = arrays.get(name)
        if found is None or found.shape != tuple(shape):
            what = "is missing" if found is None else f"has shape {found.shape}"
            raise InputError(f"weights {path}: {name} {what}, expected {shape} for {model.name}")
    for name in arrays:
        if name not in model.tensors:
            raise InputError(f"weights {path}: {name[:80]!r} does not belong to {model.name}")

    def fetch(name: str) -> Tensor:
        with reading(path, "netparity's safetensors"):
            values = np.empty(arrays[name].size, dtype=np.float32)
            tensor = load_flat(arrays[name], values).reshape(model.tensors[name])
        if not all_finite(tensor):
            raise InputError(f"weights {path}: {name} holds NaN or infinite values")
        return tensor

    return LazyMapping(model.tensors, fetch)


def write(path: Path, tensors: Tensors, model: Network, source: str) -> str:
    """Write the canonical file with its model, source and hash, and return the hash."""
    hashed = Hashed(tensors, model)
    metadata = {"model": model.name, "source": source, "sha256": _PLACE_OF_HASH}
    stored_format.write_with(path, model, hashed, metadata)
    # The header precedes the numbers, which are read only once, so the hash is inserted afterwards.
    with path.open("r+b") as file:
        at = file.read(_HEADER_BYTES).index(_PLACE_OF_HASH.encode())
        file.seek(at)
        file.write(hashed.sha256.encode())
    return hashed.sha256


def describe(path: Path) -> dict[str, str] | None:
    """The metadata of a canonical file (model, source, sha256); None if it is incomplete."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError):
        return None
    return metadata if {"model", "source", "sha256"} <= set(metadata) else None


def is_intact(path: Path, model: Network, sha256: str) -> bool:
    """Whether the file exists and its numbers have this hash."""
    try:
        return path.exists() and content_hash(stored(path, model), model) == sha256
    except (InputError, OSError):
        return False
