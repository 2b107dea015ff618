"""What is asked of a comparison of every runner that this machine has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.support.command_line import Done

ROWS = [
    "keras3-tensorflow[call=function]",
    "keras3-tensorflow",
    "keras2-theano",
    "matconvnet-octave",
]
PHASES = {"startup", "load", "preprocess", "predict_first", "predict"}


ONE_OF_EACH = ["keras3-tensorflow", "keras2-theano", "matconvnet-octave"]
"""Where the other two, the same code called otherwise, would show nothing that is not shown."""


def assert_whole(
    done: Done, layers: list[str], rounds: int, exit_code: int = 0, rows: Sequence[str] = ROWS
) -> None:
    """Every one of the rows ran, agrees, and has every figure."""
    assert done.exit_code == exit_code, done.stderr
    run = done.run
    assert [record["label"] for record in run["runners"]][: len(rows)] == [*rows]
    for label in rows:
        record = done.runner(label)
        assert record["status"] == "ok", record["reason"]
        assert len(record["rounds"]) == rounds
        for round_ in record["rounds"]:
            assert set(round_["phases"]) == PHASES
            assert all(value > 0 for values in round_["phases"].values() for value in values)
            assert round_["peak_rss_bytes"] > 20 * 2**20
            assert (done.folder / round_["log"]).exists()
        for kind in ("shared", "native"):
            for layer in layers:
                stored = record["features"][kind][layer]
                array = np.load(done.folder / stored["file"], allow_pickle=False)
                assert array.dtype == np.float32
                assert list(array.shape) == stored["shape"]
        errors = done.errors(label)
        assert list(errors) == layers
        assert max(errors.values()) < 1e-5
    against_reference = [e for e in run["parity"] if e["against"] == "reference"]
    assert {e["verdict"] for e in against_reference} <= {"pass", "identical"}
    assert {e["input"] for e in against_reference} == {"shared", "native"}
    for entry in against_reference:
        assert entry["relative_l2"] <= run["settings"]["floor_factor"] * entry["floor"]
        if entry["input"] == "shared":
            assert entry["local"]["verdict"] == "pass"
