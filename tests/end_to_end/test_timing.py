"""Rounds, repeats and limits of timings with the real tools."""

from __future__ import annotations

import os
from typing import get_args

import pytest

from netparity.networks import NETWORKS
from netparity.protocol import Run, TimingVerdict
from netparity.results.folder import RunFolder
from netparity.run.rounds import widest_interval
from netparity.weights import resolve
from tests.support.command_line import TINY, Compare

OCTAVE = ["--model", "vgg16-tiny", "--repeats", "2", "--runner", "matconvnet-octave"]


@pytest.mark.usefixtures("without_report")
def test_rounds_end_when_the_budget_is_spent(octave: str, compare: Compare):
    again = ["--runner", "matconvnet-octave[label=again]"]
    limits = ["--rounds", "auto", "--precision", "0.0001", "--budget", "6"]
    done = compare(*OCTAVE, *again, *limits)
    assert done.exit_code == 0, done.stderr
    settings = done.run["settings"]
    assert (settings["precision"], settings["budget_seconds"]) == (0.0001, 6)
    first, second = (record["rounds"] for record in done.run["runners"])
    rounds = len(first)
    assert len(second) == rounds >= 1
    # The last round was begun only because it would have ended in time if it took as long as the
    # others.
    before = sum(each["wall_seconds"] for each in [*first[:-1], *second[:-1]])
    assert rounds == 1 or before * rounds / (rounds - 1) <= 6


def widest(run: Run, rounds: int) -> float:
    """Half-width of the widest interval after the first rounds."""
    records = [
        record.model_copy(update={"rounds": record.rounds[:rounds]}) for record in run.runners
    ]
    width = widest_interval([run.model_copy(update={"runners": records})])
    assert width is not None
    return width


@pytest.mark.usefixtures("without_report")
def test_precision_that_is_reached_at_once_ends_after_the_fewest_rounds(
    octave: str, compare: Compare
):
    again = ["--runner", "matconvnet-octave[label=again]"]
    done = compare(*OCTAVE, *again, "--rounds", "auto", "--precision", "0.99", "--budget", "300")
    rounds, others = (len(record["rounds"]) for record in done.run["runners"])
    assert rounds == others >= 5
    # More than the fewest only where a busy machine made the intervals that wide.
    run = RunFolder.open(done.folder).read_run()
    assert all(widest(run, count) > 0.99 for count in range(5, rounds))
    assert widest(run, rounds) <= 0.99
    entry = next(
        entry
        for entry in done.run["timing"]
        if (entry["label"], entry["phase"]) == ("again", "predict")
    )
    low, high = entry["ratio_interval"]
    assert low < entry["ratio_to_reference"] < high
    assert entry["processes"] == rounds
    assert entry["verdict"] in get_args(TimingVerdict)


@pytest.mark.usefixtures("without_report")
def test_a_tool_keeps_to_its_processor_and_to_its_memory(octave: str, compare: Compare):
    cpu = str(min(os.sched_getaffinity(0)))
    done = compare(*OCTAVE, "--rounds", "1", "--affinity", cpu, "--memory-limit", "2G")
    assert done.exit_code == 0, done.stderr
    assert done.run["settings"]["threads"] == 1, "one processor, one thread"
    # The weights alone are 553 MB. (Where they fit and only OpenBLAS's buffers do not, it asks for
    # them for ever.)
    little = ["--model", "vgg16", "--rounds", "1", "--repeats", "1", "--memory-limit", "300M"]
    little += ["--layers", "conv1_1"]  # no feature of any other is needed
    done = compare("--runner", "matconvnet-octave", *little, results=done.results / "little")
    assert done.exit_code == 3
    assert "--memory-limit" in done.runner("matconvnet-octave")["reason"]


def test_every_layer_is_timed_where_it_is_asked_for(
    octave: str, keras3_python: str, compare: Compare
):
    """And a weight file of Keras serves Octave too."""
    runners = [
        "--runner",
        "keras3-tensorflow",
        "--runner",
        "matconvnet-octave",
        "--layers",
        "fc6",
        "-v",
    ]
    weights = resolve("synthetic:3", NETWORKS["vgg16-tiny"])
    done = compare(*TINY, *runners, "--per-layer", "--weights", weights.file("keras-h5"))
    assert done.exit_code == 0, done.stderr
    assert (done.run["weights"]["sha256"], done.run["weights"]["kind"]) == (weights.sha256, "file")
    assert weights.sha256[:12] in (done.folder / "table.md").read_text()
    by_label: dict[str, list[dict]] = {}
    for entry in done.run["layer_timing"]:
        by_label.setdefault(entry["label"], []).append(entry)
    # Blocks of two or three convolutions and a pool, and the layer asked for; none after it.
    convolutions = [(1, 2), (2, 2), (3, 3), (4, 3), (5, 3)]
    names = [
        name
        for block, count in convolutions
        for name in [*(f"conv{block}_{n}" for n in range(1, count + 1)), f"pool{block}"]
    ]
    for entries in by_label.values():
        assert [entry["layer"] for entry in entries] == [*names, "fc6"]
        assert sum(entry["own_seconds"] for entry in entries) > 0
    # The script's clock runs on, so a sum cannot fall; two predictions of Keras can.
    assert all(entry["own_seconds"] > 0 for entry in by_label["matconvnet-octave"])
    record = done.runner("keras3-tensorflow")
    assert all(len(values) == 2 for values in record["rounds"][0]["layers"].values())
    assert "seconds per layer" in done.stdout
    assert len((done.folder / "layers.csv").read_text().splitlines()) == 1 + 2 * 19
