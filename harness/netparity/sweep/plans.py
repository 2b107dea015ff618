"""From a grid of settings to a checked plan for each of its points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from netparity.errors import UsageError
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE
from netparity.protocol import DataFormat
from netparity.protocol.runner_keys import join_keys
from netparity.run.planning import Plan, make_plan
from netparity.run.request import MOST_THREADS, Request
from netparity.runners import DEFAULT_RUNNERS, create_runners, known_runners, with_all
from netparity.sweep.grid import Grid
from netparity.watch import SILENT, Watch

DATA_FORMATS: tuple[str, ...] = get_args(DataFormat)
MOST_POINTS = 256


def make_plans(request: Request, grid: Grid, watch: Watch = SILENT) -> Iterator[Plan]:
    """A checked plan for each point.

    Raises:
        UsageError: if a setting is out of range, or the grid too large.
    """
    check_grid(grid)
    kinds = known_runners()
    rows = with_all(request.runners or DEFAULT_RUNNERS, kinds, request.environments)
    runners, unspread = spread_runners(rows.texts, grid.data_formats)
    warnings = [*rows.left_out, *unspread]
    for warning in warnings:
        watch.warning(warning)
    images = list(request.images) or [SAMPLE_IMAGE]
    if request.reference is not None:
        raise UsageError("--reference is for one comparison; a sweep compares all its settings")
    for batch in grid.batches:
        if len(images) > batch:
            raise UsageError(f"--batch {batch}: {len(images)} images were given; give at most that")
        batch_images = [images[index % len(images)] for index in range(batch)]
        every: Sequence[int | None] = grid.threads or [request.threads]
        for threads in every:
            point = replace(request, images=batch_images, runners=runners, threads=threads)
            plan = make_plan(point, watch)
            yield replace(plan, warnings=(*warnings, *plan.warnings))
            watch = SILENT  # the next points would repeat what is said of images and weights


@dataclass(frozen=True)
class Points:
    """The points of a grid, as a worker of a cluster makes them."""

    request: Request
    grid: Grid

    def plans(self) -> list[Plan]:
        """A plan for each point, in the grid's order."""
        return list(make_plans(self.request, self.grid))


def check_grid(grid: Grid) -> None:
    """Settings are in range and named once.

    Raises:
        UsageError: naming the first that is not.
    """
    for option, values, most in (
        ("--batch", grid.batches, MAX_IMAGES),
        ("--threads", grid.threads, MOST_THREADS),
    ):
        for value in values:
            if not 1 <= value <= most:
                raise UsageError(f"{option} {value}: expected numbers from 1 to {most}")
        if len(set(values)) < len(values):
            raise UsageError(f"{option} names a value twice")
    if not grid.batches:
        raise UsageError("--batch is empty: expected numbers such as 1,2,4")
    for data_format in grid.data_formats:
        if data_format not in DATA_FORMATS:
            known = ", ".join(DATA_FORMATS)
            raise UsageError(f"--data-format {data_format!r} is not one of {known}")
    if len(set(grid.data_formats)) < len(grid.data_formats):
        raise UsageError("--data-format names a value twice")
    points = len(grid.batches) * max(1, len(grid.threads))
    if points > MOST_POINTS:
        raise UsageError(f"{points} pairs of --batch and --threads; at most {MOST_POINTS}")


def spread_runners(
    texts: Sequence[str], data_formats: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The runners with every data format that each can take, as the user would write them.

    Returns:
        The runners, and a sentence for each that can take none of the formats.

    Raises:
        UsageError: if there is no such runner.
    """
    if not data_formats:
        return list(texts), []
    spread: list[str] = []
    unspread: list[str] = []
    for runner in create_runners(texts, known_runners()):
        kept = {key: value for key, value in runner.chosen.items() if key != "data_format"}
        option = runner.options.get("data_format")
        choices = option.choices if option else ()
        takes = [each for each in data_formats if each in choices and len(choices) > 1]
        if not takes and list(data_formats) != [runner.data_format]:
            wanted = ",".join(data_formats)
            unspread.append(
                f"--data-format {wanted} has no effect on {runner.label}: it takes no other order "
                "of the axes than its own"
            )
        spread_over: Sequence[str | None] = takes or [None]
        for data_format in spread_over:
            keys = {**kept, **({"data_format": data_format} if data_format else {})}
            inside = join_keys(keys)
            spread.append(f"{runner.name}[{inside}]" if inside else runner.name)
    return list(dict.fromkeys(spread)), unspread
