"""The stored arrays of a run, each read on access."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from netparity.protocol import FeatureFile, InputKind, Run
from netparity.protocol.lazy import LazyMapping
from netparity.results.folder import RunFolder

StoredFeatures = Mapping[str, npt.NDArray[np.floating]]


def stored_features(files: Mapping[str, FeatureFile], store: RunFolder) -> StoredFeatures:
    """Stored arrays by feature name, each read on access."""
    return LazyMapping(files, lambda name: store.read_array(files[name]))


def ok_features(run: Run, store: RunFolder, kind: InputKind) -> dict[str, StoredFeatures]:
    """The stored features of every successful runner, by label."""
    return {
        record.label: stored_features(record.features[kind], store)
        for record in run.runners
        if record.status == "ok" and kind in record.features
    }
