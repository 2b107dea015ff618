"""netparity sweep: the settings of a grid, and a plan for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netparity.errors import UsageError
from netparity.run.request import Request
from netparity.sweep.grid import Grid
from netparity.sweep.plans import check_grid, make_plans, spread_runners
from tests.support.watches import Messages


def test_the_grid_is_spread_over_what_each_runner_can_take():
    spread, unspread = spread_runners(
        ["keras3-tensorflow", "keras2-theano[data_format=channels_first,compile_cache=cold]"],
        ["channels_last", "channels_first"],
    )
    assert spread == [
        "keras3-tensorflow",
        "keras2-theano[compile_cache=cold,data_format=channels_last]",
        "keras2-theano[compile_cache=cold,data_format=channels_first]",
    ]
    [sentence] = unspread
    assert sentence.startswith(
        "--data-format channels_last,channels_first has no effect on keras3-tensorflow:"
    )
    assert spread_runners(["keras3-tensorflow"], ["channels_last"])[1] == []


def test_two_rows_that_differ_in_data_format_alone_become_one_pair():
    default = ["keras2-theano", "keras2-theano[data_format=channels_first]"]
    assert spread_runners(default, ["channels_last", "channels_first"]) == (
        ["keras2-theano[data_format=channels_last]", "keras2-theano[data_format=channels_first]"],
        [],
    )
    assert spread_runners(default, []) == (default, [])


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (Grid(batches=[0]), "--batch 0: expected numbers from 1 to 32"),
        (Grid(batches=[33]), "--batch 33"),
        (Grid(batches=[2, 2]), "--batch names a value twice"),
        (Grid(batches=[]), "--batch is empty"),
        (Grid(threads=[0]), "--threads 0"),
        (Grid(data_formats=["NCHW"]), "--data-format 'NCHW' is not one of channels_last"),
        (Grid(data_formats=["channels_last"] * 2), "--data-format names a value twice"),
        (Grid(batches=range(1, 33), threads=range(1, 10)), "288 pairs"),
    ],
)
def test_a_wrong_grid_is_named(grid: Grid, said: str):
    with pytest.raises(UsageError, match=said):
        check_grid(grid)


def test_what_a_runner_cannot_be_told_is_kept_with_every_run_of_a_sweep(tmp_path: Path):
    request = Request(model="vgg16-tiny", runners=["matconvnet-octave"], results=tmp_path)
    grid = Grid(batches=[1, 2], data_formats=["channels_first"])
    watch = Messages()
    for plan in make_plans(request, grid, watch):
        [warning] = plan.warnings
        assert "--data-format channels_first has no effect on matconvnet-octave" in warning
        assert watch.warnings == [warning]


def test_images_are_repeated_until_a_batch_is_full_and_never_left_out(tmp_path: Path):
    request = Request(model="vgg16-tiny", runners=["matconvnet-octave"], results=tmp_path)
    plans = list(make_plans(request, Grid(batches=[1, 3], threads=[1, 2])))
    assert [(len(plan.images), plan.threads) for plan in plans] == [(1, 1), (1, 2), (3, 1), (3, 2)]
    image = plans[0].images[0].path
    assert [each.path for each in plans[-1].images] == [image] * 3
    with pytest.raises(UsageError, match="--batch 1: 2 images were given"):
        list(make_plans(replace(request, images=[image, image]), Grid(batches=[1])))
    with pytest.raises(UsageError, match="--reference"):
        list(make_plans(replace(request, reference="matconvnet-octave"), Grid()))
