"""Weights that PyTorch computes from other tensors before each pass: they are computed on reading.

`torch.nn.utils.prune` keeps a mask beside each weight, weight normalisation (Salimans and Kingma,
2016) a length g and a direction v: w = g v / |v|, with one length for each output channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netparity.files.limits import NAME_SHOWN, DamagedError
from netparity.files.stored import Stored

_PARAMETRISED = re.compile(r"(.*\.)?parametrizations\.(\w+)\.(.+)")
_REMOVE = "remove it before saving: torch.nn.utils."


def folded(tensors: Mapping[str, Stored]) -> tuple[dict[str, Stored], tuple[str, ...]]:
    """The weights that the network uses, and notes on those that were computed.

    Raises:
        DamagedError: if a weight is computed in another way, or the shapes do not fit.
    """
    used: dict[str, Stored] = {}
    masked, normalised = [], []
    for name, stored in tensors.items():
        stem, _, part = name.rpartition("_")
        if part == "orig" and f"{stem}_mask" in tensors:
            used[stem] = _masked(stem, stored, tensors[f"{stem}_mask"])
            masked.append(stem)
        elif part == "orig" and f"{stem}_u" in tensors:
            raise DamagedError(
                f"{stem[:NAME_SHOWN]!r} has spectral normalisation; {_REMOVE}remove_spectral_norm"
            )
        elif part == "v" and f"{stem}_g" in tensors:
            used[stem] = _normalised(stem, tensors[f"{stem}_g"], stored)
            normalised.append(stem)
        elif (part == "mask" and f"{stem}_orig" in tensors) or (
            part == "g" and f"{stem}_v" in tensors
        ):
            continue
        elif (match := _PARAMETRISED.fullmatch(name)) is not None:
            stem = f"{match[1] or ''}{match[2]}"
            if match[3] == "original1" and (length := f"{name[:-1]}0") in tensors:
                used[stem] = _normalised(stem, tensors[length], stored)
                normalised.append(stem)
            elif match[3] != "original0" or f"{name[:-1]}1" not in tensors:
                raise DamagedError(
                    f"{stem[:NAME_SHOWN]!r} is computed from other tensors; {_REMOVE}"
                    "parametrize.remove_parametrizations"
                )
        else:
            used[name] = stored
    return used, tuple(_notes(masked, normalised))


def _notes(masked: list[str], normalised: list[str]) -> Iterator[str]:
    if masked:
        yield f"the masks of pruning were applied to {_several(masked)}"
    if normalised:
        yield f"weight normalisation was applied to {_several(normalised)}"


def _several(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0][:NAME_SHOWN]}{more}"


def _masked(name: str, weight: Stored, mask: Stored) -> Stored:
    if weight.shape != mask.shape:
        raise DamagedError(
            f"the mask of {name[:NAME_SHOWN]!r} has shape {mask.shape}, the weight {weight.shape}"
        )

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        kept = mask.fetch(start, stop).astype(np.float64)
        product: npt.NDArray[np.generic] = weight.fetch(start, stop).astype(np.float64) * kept
        return product.astype(weight.dtype)

    return replace(weight, name=name, fetch=fetch)


def _normalised(name: str, length: Stored, direction: Stored) -> Stored:
    shape = direction.shape
    if not shape or length.shape not in (shape[:1], (shape[0], *(1 for _ in shape[1:]))):
        raise DamagedError(
            f"{name[:NAME_SHOWN]!r} has weight normalisation with lengths of shape {length.shape} "
            f"for a kernel of shape {shape}; {_REMOVE}remove_weight_norm"
        )
    row = max(1, direction.size // max(1, shape[0]))

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        first, last = start // row, stop // row
        rows = direction.fetch(start, stop).astype(np.float64).reshape(last - first, row)
        norms = np.linalg.norm(rows, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):  # as PyTorch: 0 / 0 is NaN
            scale = length.fetch(first, last).astype(np.float64) / norms
            weight: npt.NDArray[np.generic] = rows * scale[:, None]
        return weight.astype(direction.dtype).reshape(-1)

    return replace(direction, name=name, fetch=fetch)
