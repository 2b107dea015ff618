"""The stored arrays of a run, each read on access."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netparity.protocol import FeatureFile, InputKind, Run
from netparity.protocol.lazy import LazyMapping
from netparity.results.folder import RunFolder

_LONGEST = 80

StoredFeatures = Mapping[str, npt.NDArray[np.floating]]


def stored_features(files: Mapping[str, FeatureFile], store: RunFolder) -> StoredFeatures:
    """Stored arrays by feature name, each read on access."""
    return LazyMapping(files, lambda name: store.read_array(files[name]))


def feature_files(folder: str, names: Sequence[str]) -> dict[str, str]:
    """A file for each feature, whatever characters its name has.

    Names that would be equal on a file system without case, or that have other characters than
    letters, digits, dots, hyphens and underscores, get a number.
    """
    files: dict[str, str] = {}
    taken: set[str] = set()
    for place, name in enumerate(names):
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:_LONGEST]
        if plain != name or plain.lower() in taken or plain.startswith("."):
            plain = f"{plain.lstrip('.')}-{place}"
        taken.add(plain.lower())
        files[name] = f"{folder}/{plain}.npy"
    return files


def ok_features(run: Run, store: RunFolder, kind: InputKind) -> dict[str, StoredFeatures]:
    """The stored features of every successful runner, by label."""
    return {
        record.label: stored_features(record.features[kind], store)
        for record in run.runners
        if record.status == "ok" and kind in record.features
    }
