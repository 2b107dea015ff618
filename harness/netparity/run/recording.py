"""How a run grows: each process's outcome is merged into its runner's record."""

from __future__ import annotations

from typing import Any

from netparity.protocol import Run, RunResult
from netparity.results.folder import RunFolder
from netparity.run.acceptance import Features
from netparity.run.process import Outcome


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
        return run.with_runner(label, changes)
    assert outcome.result is not None
    changes |= {"status": "ok", **_described(outcome.result)}
    if not record.features:
        changes["features"] = outcome.features
        changes["native_input"] = outcome.native_input
    else:
        same = _same(record.features, outcome.features)
        changes["repeatable"] = record.repeatable is not False and same
        _remove(outcome, store)
    return run.with_runner(label, changes)


def _described(result: RunResult) -> dict[str, Any]:
    return {
        "code": result.code,
        "built": result.built,
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
