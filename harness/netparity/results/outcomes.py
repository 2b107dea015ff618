"""The outcome of each runner in a stored run."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import ParityEntry, Run, RunnerRecord, Verdict

VERDICT_MARKS = {
    "identical": "pass",
    "pass": "pass",
    "reduced-precision": "REDUCED",
    "divergent": "DIVERGES",
    "inconclusive": "?",
    "error": "ERROR",
}
_SEVERITY: dict[Verdict, int] = {
    "identical": 0,
    "pass": 0,
    "inconclusive": 1,
    "reduced-precision": 2,
    "divergent": 3,
    "error": 4,
}
NOT_RUN = "not run"
"""Of a runner whose turn did not come before the run was cut short."""
PASSING = ("identical", "pass", "inconclusive")


def title(run: Run) -> str:
    """A title: the network, the weights and the images."""
    weights = "synthetic weights" if run.weights.kind == "synthetic" else "weights"
    images = run.image.file if len(run.images) == 1 else f"{len(run.images)} images"
    return f"{run.model}, {weights} {run.weights.source} ({run.weights.sha256[:12]}), {images}"


def outcome(run: Run, record: RunnerRecord) -> str:
    """The worst verdict over the shared input's features, or the runner's status; for one cell."""
    if record.status != "ok":
        return NOT_RUN if record.status == "pending" else record.status
    worst = worst_shared(run, record.label)
    if worst is None:
        return "not judged"
    return VERDICT_MARKS[worst.verdict]


def worst_shared(run: Run, label: str) -> ParityEntry | None:
    """The feature of the shared input that agrees worst with the reference."""
    return max(_shared_entries(run, label), key=how_bad, default=None)


def how_bad(entry: ParityEntry) -> tuple[int, float]:
    """A sort key: the severity of the verdict, then the error in units of the noise floor."""
    return _SEVERITY[entry.verdict], (entry.relative_l2 or 0) / (entry.floor or 1)


def parity_passed(run: Run, label: str) -> bool:
    """Whether every feature of the shared input agrees with the reference."""
    worst = worst_shared(run, label)
    return worst is not None and worst.verdict in PASSING


def faulty_layers(run: Run, label: str) -> list[ParityEntry]:
    """Entries of the layers whose local error fails, in the network's order."""
    return [
        entry
        for entry in _shared_entries(run, label)
        if entry.local is not None and entry.local.verdict not in PASSING
    ]


def _shared_entries(run: Run, label: str) -> Iterator[ParityEntry]:
    """A runner's comparisons with the reference on the shared input."""
    for entry in run.parity:
        if (entry.label, entry.against, entry.input) == (label, "reference", "shared"):
            yield entry


def by_permutation(run: Run) -> bool:
    """Whether the run is so old that its verdicts come from a permutation test, not an interval."""
    if "same_within" in run.settings.model_fields_set:
        return False
    return any(
        entry.verdict is not None and entry.largest_difference is None for entry in run.timing
    )


def timing_base(run: Run) -> str | None:
    """Label of the runner that is the reference of the timing ratios."""
    timed = [entry.label for entry in run.timing if entry.ratio_to_reference is not None]
    requested = run.settings.ratio_reference
    return requested if requested in timed else next(iter(timed), None)
