"""The tables of a replay: the outcome of each experiment, and its times next to the post's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netparity.report.cells import ABSENT, Table, with_interval
from netparity.report.markdown import escape, items, sections
from netparity.report.rows import json_text

PostForm = Mapping[str, str | float | None]
"""The output of the post's script: three times in seconds, and the order of the axes twice."""

PHASES_SHOWN = {
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "warm predict",
}

Interval = tuple[float, float]

_WORDS = ("experiment", "phase")


@dataclass(frozen=True)
class Figure:
    """Seconds and their ratio to Keras on TensorFlow; 95 % intervals if there were repetitions."""

    seconds: float | None = None
    ratio: float | None = None
    seconds_interval: Interval | None = None
    ratio_interval: Interval | None = None


@dataclass(frozen=True)
class Outcome:
    """The outcome of one experiment that was run once.

    Attributes:
        code: the code that ran.
        expected: the outcome documented in docs/2017.md.
        error: the first line of its error message.
        as_documented: None if it cannot be run here; `fix` says what is needed for that.
        kernel_shape: of the first convolution after loading, if the tool reports it.
        form: its times in the format of the post's script.
    """

    experiment: str
    label: str
    code: str | None
    status: str
    expected: str
    error: str | None
    fix: str | None
    as_documented: bool | None
    kernel_shape: str | None
    form: PostForm


@dataclass(frozen=True)
class Row:
    """One phase of one experiment: the post's time, a single time, and a repeated measurement."""

    experiment: str
    phase: str
    post: Figure
    once: Figure
    repeated: Figure


@dataclass(frozen=True)
class Replay:
    """A finished replay. `once` and `repeated` name the stored runs that it was made from."""

    name: str
    title: str
    outcomes: Sequence[Outcome]
    rows: Sequence[Row]
    once: str
    repeated: str


def outcomes_table(replay: Replay) -> Table:
    """The outcomes, and whether they are as documented."""
    headers = ("experiment", "code", "first kernel", "outcome", "as documented")
    words = {True: "yes", False: "NO", None: "not run"}
    rows = tuple(
        (
            outcome.experiment,
            outcome.code or ABSENT,
            outcome.kernel_shape or ABSENT,
            _in_words(outcome),
            words[outcome.as_documented],
        )
        for outcome in replay.outcomes
    )
    return Table(f"Once, with an empty cache: {replay.title}", headers, rows, words=5)


def _in_words(outcome: Outcome) -> str:
    if outcome.status == "failed":
        loaded = outcome.form.get("load time") is not None
        return "loads, fails at predict" if loaded else "does not load"
    if outcome.status != "ok":
        return outcome.status
    return "runs, features agree" if outcome.as_documented else "runs, features do not agree"


def times_table(replay: Replay) -> Table:
    """Ratios and seconds; ratios come first, as the machines differ."""
    ratios, times = ratios_table(replay), seconds_table(replay)
    return Table(
        "Ratios to Keras on TensorFlow, and seconds",
        (*ratios.headers, *times.headers[2:]),
        tuple((*ratio, *time[2:]) for ratio, time in zip(ratios.rows, times.rows, strict=True)),
        words=2,
    )


def ratios_table(replay: Replay) -> Table:
    """Ratios to Keras on TensorFlow in the same column."""
    headers = ("ratio in 2017", "ratio once", "ratio repeated")
    figures = _figures(replay, lambda figure: _cell(figure.ratio, figure.ratio_interval))
    return Table("Ratios to Keras on TensorFlow", (*_WORDS, *headers), figures, words=2)


def seconds_table(replay: Replay) -> Table:
    """The times in seconds."""
    headers = ("2017, s", "once, s", "repeated, s")
    figures = _figures(replay, lambda figure: _cell(figure.seconds, figure.seconds_interval))
    return Table("Seconds", (*_WORDS, *headers), figures, words=2)


def _figures(replay: Replay, cell: Callable[[Figure], str]) -> tuple[tuple[str, ...], ...]:
    """A row per phase: the experiment (only in its first row), the phase and three cells."""
    rows = []
    before = None
    for row in replay.rows:
        name = row.experiment if row.experiment != before else ""
        before = row.experiment
        cells = (cell(figure) for figure in (row.post, row.once, row.repeated))
        rows.append((name, PHASES_SHOWN[row.phase], *cells))
    return tuple(rows)


def _cell(value: float | None, interval: Interval | None) -> str:
    return ABSENT if value is None else with_interval(value, interval)


def remarks(replay: Replay) -> Iterator[str]:
    """Sentences that a reader needs to interpret the tables."""
    yield (
        "Once: a fresh process and an empty compile cache. The post does not say what its cache "
        "held; with a full cache, Theano's load and first predict are those in the column repeated."
    )
    yield (
        "Repeated: median and 95 % interval over fresh processes in shuffled rounds, each with a "
        "full compile cache; ratios are taken within rounds."
    )
    yield "The ratios of 2017 are from single values, on another machine with other versions."
    for outcome in replay.outcomes:
        if outcome.status == "failed":
            yield f"{outcome.experiment} ends with {outcome.error}"
        elif outcome.as_documented is None:
            yield f"{outcome.experiment} was not run: {outcome.error}. Fix: {outcome.fix}"


def forms(replay: Replay) -> Iterator[tuple[str, str]]:
    """Each experiment and its times in the format of the post's script."""
    for outcome in replay.outcomes:
        if outcome.as_documented is not None:
            yield outcome.experiment, json.dumps(outcome.form, indent=2)


def as_markdown(replay: Replay) -> str:
    """The replay as Markdown."""
    parts = [f"# netparity: {escape(replay.name)}", ""]
    parts += sections([outcomes_table(replay), times_table(replay)])
    parts += [*items(remarks(replay)), "", "## In the format of the post", ""]
    for experiment, form in forms(replay):
        parts += [f"{escape(experiment)}:", "", "```json", form, "```", ""]
    return "\n".join(parts)


def as_json(replay: Replay) -> str:
    """Everything that the replay holds, as JSON."""
    return json_text(replay)


FILES = {"replay.md": as_markdown, "replay.json": as_json}
"""Every file of a replay by its name, and the function that renders it."""
