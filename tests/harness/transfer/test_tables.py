"""What a transfer shows."""

from __future__ import annotations

import csv
import json

from netparity.transfer import tables
from netparity.transfer.classifier import cross_accuracy, split
from netparity.transfer.tables import Transfer
from tests.support.blobs import LABELS, blobs


def found(**changes) -> Transfer:
    features = {"a": blobs(), "b|<b>": blobs()[:, ::-1]}
    cells = list(cross_accuracy(features, LABELS, split(LABELS, 0, 0.5)))
    values = {
        "name": "name",
        "title": "vgg16-tiny, synthetic",
        "synthetic": True,
        "feature": "fc6",
        "classes": {"cat": 40, "dog": 20, "owl": 4},
        "trained": 32,
        "tested": 32,
        "chance": 0.625,
        "skipped": 1,
        "cells": {"native": cells},
        "codes": {"a": "A 1.0"},
        "failures": {"c": "it broke"},
    }
    return Transfer(**{**values, **changes})


def test_every_format_says_the_same():
    transfer = found()
    rows = list(csv.DictReader(tables.as_csv(transfer).splitlines()))
    assert len(rows) == 4 and rows[0]["accuracy"] == "1.0" and rows[0]["input"] == "native"
    assert json.loads(tables.as_json(transfer))["cells"]["native"][0]["accuracy"]["count"] == 32
    text = tables.as_markdown(transfer)
    for words in ("100.0 % (89.3–100.0)", "synthetic", "1 image could not", "c has no features"):
        assert words in text, words
    assert "<b>" not in text


def test_a_single_tool_is_nothing_to_compare():
    cells = list(cross_accuracy({"a": blobs()}, LABELS, split(LABELS, 0, 0.5)))
    text = tables.conclusion(found(cells={"shared": cells}), "shared")
    assert "nothing to compare" in text


def test_no_features_at_all_is_said_too():
    transfer = found(cells={"shared": [], "native": []}, failures={"a": "x", "b": "y"})
    for render in tables.FILES.values():
        assert render(transfer)
