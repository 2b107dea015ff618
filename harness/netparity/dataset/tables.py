"""The tables of a data set, and the sentences that go with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from netparity.dataset.closer import Closer
from netparity.dataset.result import DatasetResult, RunnerFacts
from netparity.dataset.tally import PASSING, Distribution
from netparity.protocol.finite import finite
from netparity.report.cells import ABSENT, Table, counted
from netparity.report.markdown import escape, items, sections
from netparity.report.rows import csv_text

_COLUMNS = (
    *("runner", "input", "feature", "images", "passed", "median", "p95", "p99", "worst"),
    *("worst_row", "worst_image", "top1_changed", "top5_changed"),
    *("input_mean_abs", "input_max_abs"),
)
_INPUTS = {
    "shared": "the same tensors for every tool",
    "native": "each tool's own preprocessing, judged on the tensor that it made",
}
_MOST_NAMED = 5


def tables(found: DatasetResult) -> Iterator[Table]:
    """Errors over images for each input, what tools make of the files, rates, the worst images."""
    for kind, words in _INPUTS.items():
        rows = [each for each in found.distributions if each.input == kind]
        if rows:
            yield error_table(rows, f"Error over noise floor, {words}")
    outputs = [each for each in found.distributions if each.top1_changed is not None]
    if outputs:
        yield class_table(outputs)
    own = [each for each in found.distributions if each.input_mean_abs is not None]
    if own:
        yield input_table(own)
    yield rate_table(found)
    failing = [each for each in found.closer if each.cause]
    if failing:
        yield worst_table(failing)


def error_table(rows: Sequence[Distribution], title: str) -> Table:
    """How the errors of the images are distributed."""
    headers = ("runner", "feature", "pass", "median", "95 %", "99 %", "worst", "image")
    return Table(
        title,
        headers,
        tuple(
            (
                *(each.runner, each.feature, _passing(each)),
                *(_number(value) for value in (each.median, each.p95, each.p99)),
                *(_number(each.worst.over_floor), each.worst.image),
            )
            for each in rows
        ),
    )


def class_table(rows: Sequence[Distribution]) -> Table:
    """In how many images other classes are the likeliest than in the reference."""
    return Table(
        "Images whose likeliest classes are not the reference's",
        ("runner", "input", "feature", "images", "top-1 changes", "top-5 changes"),
        tuple(
            (
                *(each.runner, each.input, each.feature, f"{each.images:,}"),
                *(_count(each.top1_changed), _count(each.top5_changed)),
            )
            for each in rows
        ),
    )


def input_table(rows: Sequence[Distribution]) -> Table:
    """How far each tool's own input is from the shared one."""
    by_runner = {each.runner: each for each in rows}
    return Table(
        "Difference of each tool's own input to the shared one, in grey levels",
        ("runner", "mean over images", "largest"),
        tuple(
            (label, _number(each.input_mean_abs), _number(each.input_max_abs))
            for label, each in by_runner.items()
        ),
    )


def rate_table(found: DatasetResult) -> Table:
    """How fast each tool went through the images."""
    return Table(
        "Rates, with the reading of the files",
        ("runner", "images", "images/s", "start and load, s", "memory, GiB"),
        tuple(_rates(runner) for runner in found.runners),
    )


def worst_table(failing: Sequence[Closer]) -> Table:
    """The images that fail, with the first layer that does and the cause."""
    return Table(
        "Worst images that fail",
        ("runner", "input", "image", "first faulty layer", "cause"),
        tuple(
            (each.runner, each.input, each.image, first_fault(each), "; ".join(each.cause[1:3]))
            for each in failing
        ),
    )


def first_fault(closer: Closer) -> str:
    """The first layer that makes an error of its own."""
    own = (e.layer for e in closer.layers if e.local_verdict not in (None, *PASSING))
    return next(own, ABSENT)


def remarks(found: DatasetResult) -> Iterator[str]:
    """Sentences that a reader needs to interpret the tables."""
    yield from conclusions(found)
    yield (
        f"{found.images:,} images were compared ({found.title}); an image passes with {found.rule}."
    )
    if found.chunks < found.of_chunks:
        yield f"{found.chunks:,} of {found.of_chunks:,} chunks of images are done."
    if found.missing:
        yield (
            f"{counted(found.missing, 'chunk')} could not be done: go on with netparity dataset "
            f"--resume and the folder."
        )
    if found.synthetic:
        yield "The weights are synthetic."
    if found.skipped:
        named = ", ".join(each.image for each in found.skipped[:_MOST_NAMED])
        more = ", ..." if len(found.skipped) > _MOST_NAMED else ""
        yield f"{counted(len(found.skipped), 'image')} left out (skipped.csv): {named}{more}."
    for each in found.closer:
        if each.cause:
            yield f"{each.runner}, {each.input} input, {each.image}: {'; '.join(each.cause)}."
    for runner in found.runners:
        if runner.code:
            yield f"{runner.label}: {runner.code}."
        for failure in runner.failures:
            yield f"{runner.label} has no features of {failure}"
    for label, reason in found.unavailable.items():
        yield f"{label} cannot run: {reason}"


def conclusions(found: DatasetResult) -> Iterator[str]:
    """For each input, whether every image passes."""
    for kind in _INPUTS:
        rows = [each for each in found.distributions if each.input == kind]
        if rows:
            yield conclusion(rows, kind)


def conclusion(rows: Sequence[Distribution], kind: str) -> str:
    """Whether every image passes, in a sentence."""
    begin = {"shared": "Given the same tensors", "native": "Given the files"}[kind]
    failing = [each for each in rows if each.passed < each.images]
    if not failing:
        images = max(each.images for each in rows)
        worst = max(rows, key=lambda each: each.worst.over_floor)
        return (
            f"{begin}, all {images:,} images pass in every runner; the worst error is "
            f"{_number(worst.worst.over_floor)} times the noise floor ({worst.worst.image} in "
            f"{worst.runner}, {worst.feature})."
        )
    counts = ", ".join(
        f"{each.images - each.passed:,} of {each.images:,} in {each.runner} ({each.feature})"
        for each in failing
    )
    return f"{begin}, images fail: {counts}."


def as_markdown(found: DatasetResult) -> str:
    """The data set as Markdown."""
    parts = [f"# netparity: {escape(found.name)}", "", *sections(tables(found))]
    return "\n".join([*parts, *items(remarks(found)), ""])


def as_csv(found: DatasetResult) -> str:
    """One row per runner, input and feature (RFC 4180), in full precision."""
    return csv_text(_COLUMNS, (_row(each) for each in found.distributions))


def _row(each: Distribution) -> dict[str, object]:
    worst = each.worst
    values = (
        *(each.runner, each.input, each.feature, each.images, each.passed),
        *(each.median, each.p95, each.p99, worst.over_floor, worst.row, worst.image),
        *(each.top1_changed, each.top5_changed, each.input_mean_abs, each.input_max_abs),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def as_json(found: DatasetResult) -> str:
    """Everything that the result holds, as JSON; an infinite error is null."""
    skipped = [each.model_dump() for each in found.skipped]
    document = {"schema_version": 1, **finite(asdict(found)), "skipped": skipped}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _rates(runner: RunnerFacts) -> tuple[str, ...]:
    memory = None if runner.peak_rss_bytes is None else runner.peak_rss_bytes / 2**30
    return (
        *(runner.label, f"{runner.images:,}", _number(runner.images_per_second)),
        *(_number(runner.startup), _number(memory)),
    )


def _passing(each: Distribution) -> str:
    return f"{each.passed:,} of {each.images:,}"


def _number(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.3g}"


def _count(value: int | None) -> str:
    return ABSENT if value is None else f"{value:,}"


FILES = {
    "dataset.md": as_markdown,
    "dataset.csv": as_csv,
    "dataset.json": as_json,
}
"""Every file of a data set by its name, and the function that renders it."""
