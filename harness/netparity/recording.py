"""How a run grows: each process's outcome is merged into its runner's record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.acceptance import Features
from netparity.execution import Outcome
from netparity.protocol import Calibration, FeatureFile, InputKind, Run, RunResult
from netparity.store import RunFolder


class StoredFeatures(Mapping[str, npt.NDArray[np.floating]]):
    """Stored arrays by feature name, each read when it is asked for."""

    def __init__(self, files: Mapping[str, FeatureFile], store: RunFolder) -> None:
        self._files, self._store = files, store

    def __getitem__(self, name: str) -> npt.NDArray[np.floating]:
        return self._store.read_array(self._files[name])

    def __contains__(self, name: object) -> bool:
        return name in self._files  # the default would read the array to find out

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


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
        if outcome.result is not None:
            # It may have failed before it could say what was known from elsewhere.
            told = _described(outcome.result)
            changes |= {key: value for key, value in told.items() if value}
        changes |= {"status": "failed", "reason": outcome.record.reason}
        return update_runner(run, label, changes)
    assert outcome.result is not None
    changes |= {"status": "ok", **_described(outcome.result)}
    if not record.features:
        changes["features"] = outcome.features
        changes["native_input"] = outcome.native_input
    else:
        same = _same(record.features, outcome.features)
        changes["repeatable"] = record.repeatable is not False and same
        _remove(outcome, store)
    return update_runner(run, label, changes)


def ok_features(run: Run, store: RunFolder, kind: InputKind) -> dict[str, StoredFeatures]:
    """The stored features of every runner that succeeded, by label."""
    return {
        record.label: StoredFeatures(record.features[kind], store)
        for record in run.runners
        if record.status == "ok" and kind in record.features
    }


def ok_phases(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds of every runner that succeeded, by label, phase and round."""
    phases: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        if record.status == "ok":
            merged = phases.setdefault(record.label, {})
            for round_ in record.rounds:
                for phase, seconds in round_.phases.items():
                    merged.setdefault(phase, {})[round_.round] = list(seconds)
    return phases


def ok_layers(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds from the input to each layer, of every runner that succeeded and was asked."""
    layers: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        for round_ in record.rounds if record.status == "ok" else []:
            for layer, seconds in round_.layers.items():
                layers.setdefault(record.label, {}).setdefault(layer, {})[round_.round] = seconds
    return layers


def ok_ticks(run: Run) -> dict[str, float]:
    """Smallest step, in seconds of one call, by which a `predict` value can differ, by label."""
    ticks = {}
    for record in run.runners:
        clocks = [round_.clock for round_ in record.rounds if round_.clock is not None]
        if record.status == "ok" and clocks:
            ticks[record.label] = max(each.tick_seconds / each.predict_loops for each in clocks)
    return ticks


def calibrations(run: Run) -> list[Calibration]:
    """The machine's state before each process, in the order of time."""
    rounds = [round_ for record in run.runners for round_ in record.rounds]
    rounds.sort(key=lambda round_: (round_.round, round_.order))
    return [round_.calibration for round_ in rounds if round_.calibration is not None]


def _described(result: RunResult) -> dict[str, Any]:
    return {
        "code": result.code,
        "versions": result.versions,
        "data_format": result.data_format,
        "threads": result.threads,
        "blas": result.blas,
        "flags": result.flags,
    }


def _same(first: Features, later: Features) -> bool:
    return all(
        file.sha256 == later[kind][name].sha256
        for kind, files in first.items()
        for name, file in files.items()
    )


def _remove(outcome: Outcome, store: RunFolder) -> None:
    files = [file for files in outcome.features.values() for file in files.values()]
    for file in [*files, outcome.native_input]:
        if file is not None:
            (store.path / file.file).unlink(missing_ok=True)
