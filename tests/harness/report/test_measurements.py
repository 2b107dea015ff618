"""Every raw second stands in measurements.csv once, with what is known about its process."""

from __future__ import annotations

import csv
import io

import pyarrow.parquet

from netparity.protocol import Block, Calibration, Clock, Round, Usage
from netparity.report import measurements, measurements_parquet
from netparity.report.document import Document
from tests.support.cases import make_run
from tests.support.stored_runs import ok

CLOCK = Clock(name="tic", tick_seconds=1e-6, preprocess_loops=3, predict_loops=2)


def read(run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(measurements.render(Document.of(run)))))


def process(number: int, **phases: list[float]) -> Round:
    return Round(
        round=number,
        order=4,
        status="ok",
        phases=phases,
        peak_rss_bytes=2**20,
        wall_seconds=3.0,
        log="log.txt",
        clock=CLOCK,
        calibration=Calibration(multiply_seconds=0.002, copy_seconds=0.005),
    )


def runner(label: str, *rounds: Round):
    return ok(label).model_copy(update={"rounds": list(rounds)})


def test_no_value_is_lost() -> None:
    first = runner("a", process(1, predict=[0.1, 0.2]), process(2, predict=[0.3, 0.3]))
    second = runner("b | <c>", process(1, load=[1.0], predict=[1 / 3]))
    found = [(row["label"], float(row["seconds"])) for row in read(make_run([first, second]))]
    assert found == [
        *(("a", seconds) for seconds in (0.1, 0.2, 0.3, 0.3)),
        *(("b | <c>", seconds) for seconds in (1.0, 1 / 3)),
    ]


def test_what_was_used_stands_beside_each_value_and_stolen_time_is_marked() -> None:
    usages = [
        Usage(user_seconds=0.18, system_seconds=0.01, involuntary_switches=2, stolen_seconds=0.0),
        Usage(user_seconds=0.18, system_seconds=0.02, stolen_seconds=0.05),
        Usage(user_seconds=0.18),
    ]
    blocks = [
        Block(turn=1, begun_seconds=1.0, seconds=[0.1, 0.2]),
        Block(turn=2, begun_seconds=3.0, seconds=[0.1]),
    ]
    inside = process(1, load=[1.0], predict=[0.1, 0.2, 0.1]).model_copy(
        update={"usage": {"predict": usages}, "blocks": blocks}
    )
    load, *rows = read(make_run([runner("a", inside)]))
    assert [row["turn"] for row in (load, *rows)] == ["", "1", "1", "2"]
    assert [row["while_stolen"] for row in (load, *rows)] == ["", "no", "yes", ""]
    assert [row["involuntary_switches"] for row in rows] == ["2", "", ""]
    assert [row["system_seconds"] for row in rows] == ["0.01", "0.02", ""]
    parquet = measurements_parquet.render(Document.of(make_run([runner("a", inside)])))
    table = pyarrow.parquet.read_table(io.BytesIO(parquet)).to_pydict()
    assert table["turn"] == [None, 1, 1, 2]
    assert table["stolen_seconds"] == [None, 0.0, 0.05, None]


def test_a_failed_process_and_one_without_a_clock() -> None:
    lost = process(1, load=[1.0]).model_copy(
        update={"status": "failed", "clock": None, "calibration": None, "peak_rss_bytes": None}
    )
    [row] = read(make_run([runner("a", lost)]))
    assert (row["status"], row["loops"], row["tick_seconds"]) == ("failed", "1", "")
    assert row["multiply_seconds"] == row["peak_rss_bytes"] == ""


def test_what_is_known_about_each() -> None:
    phases = {"load": [0.5], "preprocess": [0.3, 0.25], "predict_first": [0.2], "predict": [0.125]}
    rows = read(make_run([runner("a, b", process(2, **phases))]))
    kept = ("label", "round", "order", "phase", "index", "seconds", "loops")
    assert [tuple(row[name] for name in kept) for row in rows] == [
        ("a, b", "2", "4", "load", "1", "0.5", "1"),
        ("a, b", "2", "4", "preprocess", "1", "0.3", "1"),
        ("a, b", "2", "4", "preprocess", "2", "0.25", "3"),
        ("a, b", "2", "4", "predict_first", "1", "0.2", "1"),
        ("a, b", "2", "4", "predict", "1", "0.125", "2"),
    ]
    assert {row["multiply_seconds"] for row in rows} == {"0.002"}
    assert {row["tick_seconds"] for row in rows} == {"1e-06"}


def test_parquet_holds_the_same_rows_with_their_types() -> None:
    from pyarrow import parquet

    first = runner("a", process(1, predict=[0.1, 0.2]), process(2, predict=[0.3, 1 / 3]))
    second = runner("b | <c>", process(1, load=[1.0]).model_copy(update={"clock": None}))
    run = make_run([first, second])
    table = parquet.read_table(io.BytesIO(measurements_parquet.render(Document.of(run))))
    assert table.to_pylist() == list(measurements.rows(run))
    assert table.schema.field("seconds").type == "double"
    assert table.schema.field("round").type == "int64"
    empty = parquet.read_table(io.BytesIO(measurements_parquet.render(Document.of(make_run([])))))
    assert (empty.num_rows, tuple(empty.column_names)) == (0, measurements.COLUMNS)
