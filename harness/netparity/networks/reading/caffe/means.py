"""Caffe's mean images: a blob by itself (`.binaryproto`), or what pycaffe makes of it (`.npy`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files import npy
from netparity.files.limits import WEIGHTS, DamagedError, reading
from netparity.files.protobuf import Field, File
from netparity.files.source import open_source
from netparity.networks.reading.caffe.blobs import blob_of

MEAN_SUFFIXES = (".binaryproto", npy.SUFFIX)
_MOST_FIELDS = 10_000
_IMAGE_AXES = 3


def mean_colour(path: Path) -> tuple[float, ...]:
    """The mean of each channel, in grey levels and in the file's order: blue, green, red.

    Raises:
        InputError: if the file is not a mean image.
    """
    open_source(path, WEIGHTS, "mean", "mean.binaryproto")
    with reading(path, "a mean image of Caffe's (.binaryproto or .npy)", "mean"):
        values = _from_npy(path) if path.suffix.lower() == npy.SUFFIX else _from_blob(path)
        sizes = values.shape
        while len(sizes) > _IMAGE_AXES and sizes[0] == 1:
            sizes = sizes[1:]
        if len(sizes) not in (1, _IMAGE_AXES):
            raise DamagedError(f"its shape is {values.shape}, expected channels x height x width")
        with np.errstate(invalid="ignore"):  # a NaN may be a signalling one
            channels = values.reshape(sizes[0], -1).astype(np.float64)
        if not np.isfinite(channels).all():
            raise DamagedError("it holds NaN or infinite values")
        return tuple(channels.mean(axis=1).tolist())


def _from_blob(path: Path) -> npt.NDArray[np.generic]:
    with File(path, _MOST_FIELDS) as file:
        return blob_of(file, Field(0, 0, 0, file.size), path).load()


def _from_npy(path: Path) -> npt.NDArray[np.generic]:
    stored = npy.read(path, WEIGHTS)
    if stored.dtype.kind not in "fiu":
        raise DamagedError(f"it holds {stored.dtype}, not numbers")
    return stored.load()
