"""netparity sweep: what its files hold."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from netparity.sweep.summary import summarise_sweep
from netparity.sweep.tables import as_csv, as_json, as_markdown, table
from tests.support.stored_runs import presentable_run


def test_rows_are_tidy_and_unranked_where_parity_failed():
    run = presentable_run()
    found = summarise_sweep("s", [run])
    assert [row.label for row in found.rows] == sorted(each.label for each in run.runners)
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [row["label"] for row in rows] == [row.label for row in found.rows]
    for row in found.rows:
        if row.parity != "pass":
            assert row.images_per_second is None
        elif row.predict_seconds:
            assert row.images_per_second == pytest.approx(row.batch / row.predict_seconds)
    assert any(row.parity == "pass" and row.images_per_second for row in found.rows)
    assert json.loads(as_json(found))["rows"][0]["label"] == found.rows[0].label
    assert len(table(found).rows) == len(found.rows)
    assert "## Which setting wins" in as_markdown(found)


def test_an_interrupted_sweep_says_so():
    whole = summarise_sweep("s", [presentable_run()])
    cut = replace(whole, interrupted=True)
    assert [json.loads(as_json(each))["interrupted"] for each in (whole, cut)] == [False, True]
    assert ["was interrupted" in as_markdown(each) for each in (whole, cut)] == [False, True]
