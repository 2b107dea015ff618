"""Features whose files are missing or have been changed: named, while the others are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.protocol import InputKind, ParityEntry
from netparity.protocol.lazy import LazyMapping
from netparity.results.features import StoredFeatures
from netparity.watch import Watch


class Damaged:
    """The damaged features of a run, as they are found."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._found: dict[tuple[InputKind, str, str], str] = {}

    def set_aside(
        self, runners: Mapping[str, StoredFeatures], kind: InputKind
    ) -> dict[str, StoredFeatures]:
        """The same features by label; one that cannot be read is an array without values."""
        return {label: self._readable(kind, label, each) for label, each in runners.items()}

    def _readable(self, kind: InputKind, label: str, features: StoredFeatures) -> StoredFeatures:
        def fetch(name: str) -> npt.NDArray[np.floating]:
            try:
                return features[name]
            except InputError as error:
                self._found[kind, label, name] = str(error)
                self._watch.warning(f"{name} of {label} is not judged: {error}")
                return np.empty((0, len(self._found)), np.float32)  # no other array has this shape

        return LazyMapping(features, fetch)

    def named_in(self, entries: Sequence[ParityEntry]) -> list[ParityEntry]:
        """The entries, those of damaged features with the reason as their note."""
        return [
            entry.model_copy(update={"note": reason}) if (reason := self._reason(entry)) else entry
            for entry in entries
        ]

    def _reason(self, entry: ParityEntry) -> str | None:
        either = (entry.label, entry.against)
        reasons = (self._found.get((entry.input, label, entry.feature)) for label in either)
        return next(filter(None, reasons), None)
