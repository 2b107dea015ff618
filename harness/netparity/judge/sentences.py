"""What to tell a user about one runner that was diagnosed."""

from __future__ import annotations

from netparity.diagnosis import INPUT_TITLES, Cause, Diagnosis
from netparity.diagnosis.findings import INPUT_PLACE
from netparity.diagnosis.telling import tell
from netparity.diagnosis.words import Voice, advice
from netparity.networks import Network
from netparity.protocol import Preprocessing, Run, RunnerRecord
from netparity.results.arithmetic import in_words, way_out_of, ways_out
from netparity.results.outcomes import worst_shared
from netparity.runners import known_runners


def runner_lines(run: Run, record: RunnerRecord, diagnosis: Diagnosis, model: Network) -> list[str]:
    """A runner's diagnosis and what the run knows about its own input, in sentences."""
    voice = _voice_of(record)
    precision = precision_lines(run, record)
    lines = []
    if diagnosis.findings or not precision:
        lines = tell(diagnosis, model, voice, run.settings.layers)
    lines += precision
    if record.repeatable is False:
        lines.append(
            "the features differ from process to process: something random is active, "
            "such as dropout"
        )
    asked = set(run.settings.layers)
    if diagnosis.findings and len(asked) < len(model.layers):
        lines.append(
            "only some layers were compared; run the comparison with --layers all to narrow it down"
        )
    for preprocessing in run.preprocessing:
        if preprocessing.label == record.label:
            lines += _native_lines(preprocessing, model, voice)
    return lines


def precision_lines(run: Run, record: RunnerRecord) -> list[str]:
    """Which reduced precision explains a runner's error, and how to avoid it; none if none does."""
    worst = worst_shared(run, record.label)
    if worst is None or worst.arithmetic is None:
        return []
    kinds = in_words([worst.arithmetic, *worst.or_arithmetic])
    lines = [f"{worst.feature}: its error is that of {kinds}"]
    own = way_out_of(worst.arithmetic, record.runner)
    if own is not None:
        return [*lines, f"  to compute in float32: {own}"]
    return [*lines, *(f"  to compute in float32, {each}" for each in ways_out(worst.arithmetic))]


def _native_lines(preprocessing: Preprocessing, model: Network, voice: Voice) -> list[str]:
    """What a runner's own preprocessing does."""
    lines = []
    if preprocessing.resize is not None:
        how = "exactly reproduced by" if preprocessing.exact else "best reproduced by"
        levels = preprocessing.left_max_abs
        rest = (
            "" if preprocessing.exact else f", with differences of up to {levels:.3g} grey levels"
        )
        lines.append(f"own input {how}: {preprocessing.resize}{rest}")
    for mistake in preprocessing.mistakes:
        lines.append(f"own input: {INPUT_TITLES[mistake]}")
        lines.append(f"  fix: {advice(Cause(mistake, INPUT_PLACE), voice, model)}")
    for mistakes in preprocessing.or_mistakes if preprocessing.mistakes else []:
        titles = ", and ".join(INPUT_TITLES[mistake] for mistake in mistakes)
        lines.append(f"  indistinguishable on this image: {titles or 'no mistake'}")
    return lines


def _voice_of(record: RunnerRecord) -> Voice:
    """The tool for which advice is worded; none if the runner no longer exists."""
    for kind in known_runners():
        if kind.name == record.runner:
            return Voice(kind.tool, kind.advice_for, kind.advice)
    return Voice()
