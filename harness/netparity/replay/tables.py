"""What a replay shows: what each experiment did, and its times beside those of the post."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from netparity.report.cells import ABSENT, Table, with_interval
from netparity.report.markdown import escape, table_lines

PostForm = Mapping[str, str | float | None]
"""What the post's script printed: three times in seconds, and the order of the axes twice."""

PHASES_SHOWN = {
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "warm predict",
}

Interval = tuple[float, float]

_WORDS = ("experiment", "phase")
_FOR_ONE_TABLE = 150


@dataclass(frozen=True)
class Figure:
    """Seconds, and their ratio to Keras on TensorFlow; intervals (95 %) where it was repeated."""

    seconds: float | None = None
    ratio: float | None = None
    seconds_interval: Interval | None = None
    ratio_interval: Interval | None = None


@dataclass(frozen=True)
class Outcome:
    """What one experiment did when it was run once.

    Attributes:
        code: which code ran.
        expected: what docs/2017.md says that it does.
        error: the first line of its failure.
        as_documented: None where it cannot be run here; `fix` says what would mend that.
        kernel_shape: of the first convolution after loading, where the tool tells it.
        form: its times in the form of the post's script.
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
    """One phase of one experiment, timed by the post, once as it did, and repeatedly."""

    experiment: str
    phase: str
    post: Figure
    once: Figure
    repeated: Figure


@dataclass(frozen=True)
class Replay:
    """A replay that has ended. `once` and `repeated` name the stored runs that it was made from."""

    name: str
    title: str
    outcomes: Sequence[Outcome]
    rows: Sequence[Row]
    once: str
    repeated: str


def tables(replay: Replay, width: int) -> tuple[Table, ...]:
    """What a terminal of so many columns shows: ratios and seconds in one table if they fit."""
    makers = [times_table] if width >= _FOR_ONE_TABLE else [ratios_table, seconds_table]
    return tuple(make(replay) for make in (outcomes_table, *makers))


def outcomes_table(replay: Replay) -> Table:
    """What happened, and whether that is what the documentation says."""
    headers = ("experiment", "code", "first kernel", "outcome", "as documented")
    words = {True: "yes", False: "NO", None: "not run"}
    rows = tuple(
        (
            each.experiment,
            each.code or ABSENT,
            each.kernel_shape or ABSENT,
            _happened(each),
            words[each.as_documented],
        )
        for each in replay.outcomes
    )
    return Table(f"Once and cold: {replay.title}", headers, rows, words=5)


def _happened(outcome: Outcome) -> str:
    if outcome.status == "failed":
        loaded = outcome.form.get("load time") is not None
        return "loads, fails at predict" if loaded else "does not load"
    if outcome.status != "ok":
        return outcome.status
    return "runs, features agree" if outcome.as_documented else "runs, features do not agree"


def times_table(replay: Replay) -> Table:
    """Ratios first: the machines differ."""
    ratios, times = ratios_table(replay), seconds_table(replay)
    return Table(
        "Ratios to Keras on TensorFlow, and seconds",
        (*ratios.headers, *times.headers[2:]),
        tuple((*ratio, *time[2:]) for ratio, time in zip(ratios.rows, times.rows, strict=True)),
        words=2,
    )


def ratios_table(replay: Replay) -> Table:
    """Each ratio is to Keras on TensorFlow in the same column."""
    headers = ("ratio in 2017", "ratio once", "ratio repeated")
    figures = _figures(replay, lambda each: _cell(each.ratio, each.ratio_interval))
    return Table("Ratios to Keras on TensorFlow", (*_WORDS, *headers), figures, words=2)


def seconds_table(replay: Replay) -> Table:
    """The same in seconds."""
    headers = ("2017, s", "once, s", "repeated, s")
    figures = _figures(replay, lambda each: _cell(each.seconds, each.seconds_interval))
    return Table("Seconds", (*_WORDS, *headers), figures, words=2)


def _figures(replay: Replay, cell: Callable[[Figure], str]) -> tuple[tuple[str, ...], ...]:
    """A row per phase: the experiment (where it is another one), the phase and three cells."""
    rows = []
    before = None
    for row in replay.rows:
        name = row.experiment if row.experiment != before else ""
        before = row.experiment
        cells = (cell(each) for each in (row.post, row.once, row.repeated))
        rows.append((name, PHASES_SHOWN[row.phase], *cells))
    return tuple(rows)


def _cell(value: float | None, interval: Interval | None) -> str:
    return ABSENT if value is None else with_interval(value, interval)


def remarks(replay: Replay) -> Iterator[str]:
    """What a reader has to know of the figures; a sentence each."""
    yield (
        "Once: a fresh process and an empty compile cache. The post does not say what its "
        "cache held; with a full one Theano's load and first predict are those repeated."
    )
    yield (
        "Repeated: median and 95 % interval over fresh processes in shuffled rounds, each with a "
        "full compile cache; a ratio is taken within the rounds."
    )
    yield "The ratios of 2017 are of one value each, from another machine and other versions."
    for each in replay.outcomes:
        if each.status == "failed":
            yield f"{each.experiment} ends with {each.error}"
        elif each.as_documented is None:
            yield f"{each.experiment} was not run: {each.error}. To mend it: {each.fix}"


def forms(replay: Replay) -> Iterator[tuple[str, str]]:
    """Each experiment and its times in the form of the post's script."""
    for each in replay.outcomes:
        if each.as_documented is not None:
            yield each.experiment, json.dumps(each.form, indent=2)


def as_markdown(replay: Replay) -> str:
    """The replay as Markdown."""
    parts = [f"# netparity: {escape(replay.name)}", ""]
    for table in (outcomes_table(replay), times_table(replay)):
        parts += [f"## {escape(table.title)}", "", *table_lines(table), ""]
    parts += [*(f"- {escape(sentence)}" for sentence in remarks(replay)), ""]
    parts += ["## In the form of the post", ""]
    for experiment, form in forms(replay):
        parts += [f"{escape(experiment)}:", "", "```json", form, "```", ""]
    return "\n".join(parts)


def as_json(replay: Replay) -> str:
    """Everything, for programs."""
    return json.dumps({"schema_version": 1, **asdict(replay)}, indent=1) + "\n"


FILES = {"replay.md": as_markdown, "replay.json": as_json}
"""Every file of a replay, by name, and what renders it."""
