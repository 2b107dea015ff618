"""Why the runners of a stored run disagree with the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netparity.diagnosis import INPUT_TITLES, Cause, Diagnosis, Search
from netparity.diagnosis.findings import INPUT_PLACE
from netparity.diagnosis.telling import tell
from netparity.diagnosis.words import Voice, advice
from netparity.errors import UsageError
from netparity.judge.run import run_model, run_rule, shared_truth
from netparity.models import Model
from netparity.protocol import ParityEntry, Preprocessing, Run, RunnerRecord
from netparity.report import markdown
from netparity.results.features import ok_features
from netparity.results.folder import RunFolder
from netparity.runners import RUNNERS
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets, recall, resolve

FILE = "diagnosis.md"


@dataclass(frozen=True)
class RunnerDiagnosis:
    """One runner's diagnosis, in numbers and in words."""

    label: str
    diagnosis: Diagnosis | None
    lines: list[str] = field(default_factory=list)


def diagnose_run(
    run: Run,
    store: RunFolder,
    labels: Sequence[str] = (),
    weights: str | None = None,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
) -> list[RunnerDiagnosis]:
    """Find out what is wrong with the runners named, or with all that failed parity.

    Args:
        weights: the run's weights, where the cache no longer holds them.
        other_weights: weights that a tool may have taken by mistake.

    Raises:
        NetparityError: if a label is unknown, or the weights or features are gone.
    """
    model = run_model(run)
    records = list(_chosen(run, labels))
    if weights is not None:
        chosen = resolve(weights, model, watch)
        if chosen.sha256 != run.weights.sha256:
            raise UsageError(f"--weights {weights} are not the run's, {run.weights.source}")
    else:
        chosen = recall(model, run.weights.kind, run.weights.source, run.weights.sha256)
    truth = shared_truth(run, store, chosen.tensors())
    others = other_weight_sets(model, chosen.sha256, other_weights, watch)
    features = ok_features(run, store, "shared")
    found = []
    for record in records:
        if record.status != "ok":
            found.append(_not_run(record))
            continue
        with watch.task(f"diagnosing {record.label}") as task:
            search = Search(truth, run_rule(run), others, done=task.advance)
            diagnosis = search.diagnose(record.label, features[record.label], task.note)
        lines = _lines(run, record, diagnosis, model)
        found.append(RunnerDiagnosis(record.label, diagnosis, lines))
    return found


def diagnose_folder(
    path: Path,
    labels: Sequence[str],
    weights: str | None,
    other_weights: Sequence[str],
    watch: Watch,
) -> tuple[list[RunnerDiagnosis], RunFolder]:
    """Diagnose a stored run and write what was found into its folder.

    Raises:
        NetparityError: as `diagnose_run`, or if there is no readable run.
    """
    store = RunFolder.open(path)
    found = diagnose_run(store.read_run(), store, labels, weights, other_weights, watch)
    store.write_text(FILE, render(found))
    return found, store


def as_text(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses for a terminal."""
    if not found:
        return "every runner that ran agrees with the reference: there is nothing to diagnose\n"
    blocks = ["\n".join([one.label, *(f"  {line}" for line in one.lines)]) for one in found]
    return "\n\n".join(blocks) + "\n"


def as_json(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses for another program."""
    documents = [
        {
            "label": one.label,
            "diagnosis": None if one.diagnosis is None else one.diagnosis.document(),
            "text": one.lines,
        }
        for one in found
    ]
    return json.dumps(documents, indent=1, allow_nan=False)


def render(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses as Markdown."""
    parts = ["# Diagnosis", ""]
    if not found:
        parts += [as_text(found)]
    for one in found:
        bullets = [f"- {markdown.escape(line.strip())}" for line in one.lines]
        parts += [f"## {markdown.escape(one.label)}", "", *bullets, ""]
    return "\n".join(parts)


def voice_of(record: RunnerRecord) -> Voice:
    """In whose words to give advice; in general ones if there is no such runner any more."""
    for kind in RUNNERS:
        if kind.name == record.runner:
            return Voice(kind.tool, kind.advice_for, kind.advice)
    return Voice()


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
            or any(one.mistakes for one in run.preprocessing if one.label == record.label)
        ):
            yield record


def _judged(run: Run) -> Mapping[str, list[ParityEntry]]:
    found: dict[str, list[ParityEntry]] = {}
    for entry in run.parity:
        if entry.against == "reference" and entry.input == "shared":
            found.setdefault(entry.label, []).append(entry)
    return found


def _suspicious(entry: ParityEntry) -> bool:
    faulty = ("reduced-precision", "divergent", "error")
    return entry.verdict in faulty or (entry.local is not None and entry.local.verdict in faulty)


def _not_run(record: RunnerRecord) -> RunnerDiagnosis:
    reason = f"it has no features to diagnose: {record.status}"
    return RunnerDiagnosis(record.label, None, [f"{reason}, {record.reason}"])


def _lines(run: Run, record: RunnerRecord, diagnosis: Diagnosis, model: Model) -> list[str]:
    voice = voice_of(record)
    lines = tell(diagnosis, model, voice, run.settings.layers)
    if record.repeatable is False:
        lines.append(
            "its features differ from process to process: something random is active, "
            "such as dropout"
        )
    asked = set(run.settings.layers)
    if diagnosis.findings and len(asked) < len(model.layers):
        lines.append(
            "only some layers were compared; compare again with --layers all to narrow it down"
        )
    for one in run.preprocessing:
        if one.label == record.label:
            lines += native_lines(one, model, voice)
    return lines


def native_lines(one: Preprocessing, model: Model, voice: Voice) -> list[str]:
    """What a runner's own preprocessing does."""
    lines = []
    if one.resize is not None:
        sure = "reproduced exactly by" if one.exact else "best reproduced by"
        left = "" if one.exact else f", which leaves up to {one.left_max_abs:.3g} grey levels"
        lines.append(f"its own input is {sure}: {one.resize}{left}")
    for mistake in one.mistakes:
        lines.append(f"its own input: {INPUT_TITLES[mistake]}")
        lines.append(f"  to mend it: {advice(Cause(mistake, INPUT_PLACE), voice, model)}")
    for other in one.or_mistakes if one.mistakes else []:
        told = ", and ".join(INPUT_TITLES[mistake] for mistake in other)
        lines.append(f"  this image cannot tell it from: {told or 'no mistake'}")
    return lines
