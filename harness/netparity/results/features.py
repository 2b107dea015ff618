"""The stored arrays of a run, each read on access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from netparity.protocol import FeatureFile, InputKind, Run
from netparity.results.folder import RunFolder


class StoredFeatures(Mapping[str, npt.NDArray[np.floating]]):
    """Stored arrays by feature name, each read on access."""

    def __init__(self, files: Mapping[str, FeatureFile], store: RunFolder) -> None:
        self._files, self._store = files, store

    def __getitem__(self, name: str) -> npt.NDArray[np.floating]:
        return self._store.read_array(self._files[name])

    def __contains__(self, name: object) -> bool:
        return name in self._files  # the default would read the array

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def ok_features(run: Run, store: RunFolder, kind: InputKind) -> dict[str, StoredFeatures]:
    """The stored features of every successful runner, by label."""
    return {
        record.label: StoredFeatures(record.features[kind], store)
        for record in run.runners
        if record.status == "ok" and kind in record.features
    }
