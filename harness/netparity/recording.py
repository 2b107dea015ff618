"""How a run grows: each process's outcome is merged into its runner's record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.execution import Outcome
from netparity.protocol import FeatureFile, InputKind, Run, RunnerRecord
from netparity.store import RunFolder, read_npy

Features = dict[InputKind, dict[str, npt.NDArray[np.floating]]]


def update_runner(run: Run, label: str, changes: dict[str, Any]) -> Run:
    """The run with one runner's record changed."""
    runners = [
        record.model_copy(update=changes) if record.label == label else record
        for record in run.runners
    ]
    return run.model_copy(update={"runners": runners})


def add_outcome(run: Run, label: str, outcome: Outcome, store: RunFolder) -> Run:
    """The run with one more process.

    Features are kept from a runner's first process; those of later ones are compared with them
    bit by bit and removed.
    """
    record = next(record for record in run.runners if record.label == label)
    changes: dict[str, Any] = {"rounds": [*record.rounds, outcome.record]}
    if outcome.record.status == "failed":
        changes |= {"status": "failed", "reason": outcome.record.reason}
        return update_runner(run, label, changes)
    changes |= _described(outcome)
    stored = _stored(outcome.features, store)
    if not record.features:
        changes["features"] = stored
        changes["native_input"] = _stored_file(outcome.native_input, store)
    else:
        changes["repeatable"] = record.repeatable is not False and _same(record, stored)
        _remove(outcome)
    return update_runner(run, label, changes)


def ok_features(run: Run, store: RunFolder) -> dict[str, Features]:
    """The stored features of every runner that succeeded, by label."""
    return {
        record.label: {
            kind: {name: store.read_array(file) for name, file in files.items()}
            for kind, files in record.features.items()
        }
        for record in run.runners
        if record.status == "ok"
    }


def ok_phases(run: Run) -> dict[str, dict[str, list[float]]]:
    """Raw seconds of every runner that succeeded, all rounds together, by label and phase."""
    phases: dict[str, dict[str, list[float]]] = {}
    for record in run.runners:
        if record.status == "ok":
            merged = phases.setdefault(record.label, {})
            for round_ in record.rounds:
                for phase, seconds in round_.phases.items():
                    merged.setdefault(phase, []).extend(seconds)
    return phases


def _described(outcome: Outcome) -> dict[str, Any]:
    result = outcome.result
    assert result is not None
    return {
        "status": "ok",
        "code": result.code,
        "versions": result.versions,
        "data_format": result.data_format,
        "threads": result.threads,
        "blas": result.blas,
        "flags": result.flags,
    }


def _stored(
    features: dict[InputKind, dict[str, Path]], store: RunFolder
) -> dict[InputKind, dict[str, FeatureFile]]:
    return {
        kind: {name: store.describe_array(path, read_npy(path)) for name, path in paths.items()}
        for kind, paths in features.items()
    }


def _stored_file(path: Path | None, store: RunFolder) -> FeatureFile | None:
    return store.describe_array(path, read_npy(path)) if path is not None else None


def _same(record: RunnerRecord, stored: dict[InputKind, dict[str, FeatureFile]]) -> bool:
    return all(
        file.sha256 == stored[kind][name].sha256
        for kind, files in record.features.items()
        for name, file in files.items()
    )


def _remove(outcome: Outcome) -> None:
    paths = [path for paths in outcome.features.values() for path in paths.values()]
    for path in [*paths, outcome.native_input]:
        if path is not None:
            path.unlink(missing_ok=True)
