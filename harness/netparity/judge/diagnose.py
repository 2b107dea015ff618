"""Why the runners of a stored run disagree with the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from netparity import report
from netparity.diagnosis import Diagnosis, Search
from netparity.errors import UsageError
from netparity.judge.diagnosed import FILE, RunnerDiagnosis, as_json, as_text, render
from netparity.judge.layout import is_arithmetic_alone
from netparity.judge.run import run_rule
from netparity.judge.sentences import runner_lines
from netparity.judge.time_limit import BUDGET_SECONDS, time_limit
from netparity.judge.truths import shared_truth
from netparity.networks import Network
from netparity.networks.ops.base import Array
from netparity.protocol import ParityEntry, Run, RunnerRecord
from netparity.protocol.lazy import MOST_BYTES, Remembering
from netparity.results.diagnosis import FILE as STORED
from netparity.results.features import ok_features
from netparity.results.folder import RunFolder
from netparity.results.network import run_network
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets, recall, resolve

__all__ = ["FILE", "RunnerDiagnosis", "as_json", "as_text", "diagnose_folder", "diagnose_run"]


def diagnose_run(
    run: Run,
    store: RunFolder,
    labels: Sequence[str] = (),
    weights: str | None = None,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
    budget_seconds: float = BUDGET_SECONDS,
) -> list[RunnerDiagnosis]:
    """Find out what is wrong with the named runners, or with all that failed parity.

    Args:
        weights: the run's weights, if they are no longer in the cache.
        other_weights: weights that a tool may have used by mistake.
        budget_seconds: for how long to look for the causes of one runner, approximately.

    Raises:
        NetparityError: if a label is unknown, or the weights or features are missing.
    """
    model = run_network(run, store)
    records = list(_chosen(run, labels))
    if weights is not None:
        chosen = resolve(weights, model, watch)
        if chosen.sha256 != run.weights.sha256:
            raise UsageError(
                f"--weights {weights} differ from those of the run, {run.weights.source}"
            )
    else:
        chosen = recall(model, run.weights.kind, run.weights.source, run.weights.sha256)
    truth = shared_truth(run, store, Remembering(chosen.tensors(), MOST_BYTES))
    others = other_weight_sets(model, chosen.sha256, other_weights, watch)
    features = ok_features(run, store, "shared")
    found = []
    for record in records:
        if record.status != "ok":
            reason = f"no features to diagnose: {record.status}, {record.reason}"
            found.append(RunnerDiagnosis(record.label, None, [reason]))
            continue
        if _is_precision_alone(_judged(run).get(record.label, []), model, features[record.label]):
            diagnosis = Diagnosis(record.label, [])
            lines = runner_lines(run, record, diagnosis, model)
            found.append(RunnerDiagnosis(record.label, diagnosis, lines))
            continue
        with watch.task(f"diagnosing {record.label}") as task:
            over = time_limit(budget_seconds)
            search = Search(
                *(truth, run_rule(run), others),
                done=task.advance,
                over=over,
                trying=task.flash,
            )
            try:
                diagnosis = search.diagnose(record.label, features[record.label], task.note)
            except KeyboardInterrupt:
                lines = runner_lines(run, record, search.so_far(record.label), model)
                watch.message("\n".join([f"interrupted; found so far of {record.label}:", *lines]))
                raise
        lines = runner_lines(run, record, diagnosis, model)
        found.append(RunnerDiagnosis(record.label, diagnosis, lines))
    return found


def diagnose_folder(
    path: Path,
    labels: Sequence[str],
    weights: str | None,
    other_weights: Sequence[str],
    watch: Watch,
    budget_seconds: float = BUDGET_SECONDS,
) -> tuple[list[RunnerDiagnosis], RunFolder]:
    """Diagnose a stored run and write the result into its folder, its page and its tables.

    Raises:
        NetparityError: as `diagnose_run`, or if there is no readable run.
    """
    store = RunFolder.open(path)
    run = store.read_run()
    found = diagnose_run(run, store, labels, weights, other_weights, watch, budget_seconds)
    store.write_text(FILE, render(found))
    store.write_text(STORED, as_json(found))
    for format_name in ("html", "markdown"):
        _remake(format_name, run, store)
    return found, store


def _remake(format_name: str, run: Run, store: RunFolder) -> None:
    """Write a file of the run's folder anew, if it is there: it shows the diagnosis too."""
    module = report.exporter(format_name)
    if module.FILE is not None and store.inside(module.FILE).is_file():
        store.write_text(module.FILE, str(module.render(report.Document.of(run, store))))


def _chosen(run: Run, labels: Sequence[str]) -> Iterator[RunnerRecord]:
    known = {record.label: record for record in run.runners}
    for label in labels:
        if label not in known:
            raise UsageError(f"the run has no runner {label!r}; it has {', '.join(known)}")
    judged = _judged(run)
    for record in run.runners:
        if labels:
            if record.label in labels:
                yield record
        elif record.status == "ok" and (
            any(_suspicious(entry) for entry in judged.get(record.label, []))
            or any(own.mistakes for own in run.preprocessing if own.label == record.label)
        ):
            yield record


def _judged(run: Run) -> Mapping[str, list[ParityEntry]]:
    found: dict[str, list[ParityEntry]] = {}
    for entry in run.parity:
        if entry.against == "reference" and entry.input == "shared":
            found.setdefault(entry.label, []).append(entry)
    return found


def _is_precision_alone(
    entries: Sequence[ParityEntry], network: Network, features: Mapping[str, Array]
) -> bool:
    """Whether the verdicts have found all that can be: every wrong feature is reduced precision."""
    wrong = [entry for entry in entries if _suspicious(entry)]
    nodes = [network.node(entry.feature) for entry in wrong]
    return bool(wrong) and all(
        is_arithmetic_alone(entry, node, network, np.asarray(features[entry.feature]))
        for entry, node in zip(wrong, nodes, strict=True)
    )


def _suspicious(entry: ParityEntry) -> bool:
    faulty = ("reduced-precision", "divergent", "error")
    return entry.verdict in faulty or (entry.local is not None and entry.local.verdict in faulty)
