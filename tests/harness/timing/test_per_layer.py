"""Seconds of each layer from seconds up to each layer."""

from __future__ import annotations

import csv
import io

import pytest

from netparity.networks import costs
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.protocol import HardwareLimit, LayerTiming, Round
from netparity.report import layers_csv
from netparity.report.document import Document
from netparity.report.notes import notes
from netparity.report.tables import tables
from netparity.timing import per_layer
from tests.support.cases import make_run
from tests.support.stored_runs import ok

LIMIT = HardwareLimit(flops=1, flops_per_second=1e9, bytes_per_second=1e9, seconds=1.0)
COSTS = list(costs(VGG16_TINY, 2, ["conv2_1"]))


def test_each_layer_adds_what_is_not_in_the_layer_before():
    names = [cost.layer.name for cost in COSTS]
    layers = {
        name: {1: [float(place)] * 3, 2: [4.0 * place] * 3}
        for place, name in enumerate(names, start=1)
        if name != "conv1_2"
    }
    found = list(per_layer({"a": layers}, COSTS, LIMIT))
    assert [entry.layer for entry in found] == [name for name in names if name != "conv1_2"]
    # The geometric mean over the processes, so twice the place.
    assert [entry.up_to_seconds for entry in found] == pytest.approx([2.0, 6.0, 8.0])
    assert [entry.own_seconds for entry in found] == pytest.approx([2.0, 4.0, 2.0])
    assert [entry.flops for entry in found] == [
        cost.flops for cost in COSTS if cost.layer.name != "conv1_2"
    ]
    assert found[0].limit_seconds == max(COSTS[0].flops, COSTS[0].moved_bytes) / 1e9
    assert all(entry.limit_seconds is None for entry in per_layer({"a": layers}, COSTS, None))
    assert not list(per_layer({}, COSTS, LIMIT))


def test_the_table_and_the_file_show_them_and_a_note_says_how_they_came_about():
    entries = [
        LayerTiming(label=label, layer=layer, up_to_seconds=1.0, own_seconds=own, flops=7)
        for label in ("keras", "octave | x")
        for layer, own in (("conv1_1", 0.002), ("fc6", -0.001))
    ]
    round_ = Round(round=1, order=1, status="ok", wall_seconds=1.0, log="log.txt")
    runners = [
        ok("keras").model_copy(update={"rounds": [round_]}),
        ok("octave | x", runner="matconvnet-octave").model_copy(update={"rounds": [round_]}),
    ]
    run = make_run(runners).model_copy(update={"layer_timing": entries})
    (shown,) = [each for each in tables(run) if each.title.startswith("Milliseconds")]
    assert shown.headers == ("layer", "limit", "keras", "octave | x")
    assert shown.rows == (("conv1_1", "–", "2.00", "2.00"), ("fc6", "–", "-1.00", "-1.00"))
    rows = list(csv.DictReader(io.StringIO(layers_csv.render(Document.of(run)))))
    assert [(row["label"], row["own_seconds"]) for row in rows][:2] == [
        ("keras", "0.002"), ("keras", "-0.001")
    ]  # fmt: skip
    said = [line for line in notes(run) if "seconds per layer" in line]
    assert len(said) == 2
    assert "models cut after each layer" in said[0] and "keeps every output" in said[1]
    assert not [each for each in tables(make_run(runners)) if each.title.startswith("Milli")]
