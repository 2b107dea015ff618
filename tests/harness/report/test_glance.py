"""The one table of the first screen."""

from __future__ import annotations

import pytest

from netparity.protocol import Preprocessing, PreprocessingFeature
from netparity.report.glance import glance
from tests.support.cases import make_run
from tests.support.odd_runs import odd_runs
from tests.support.stored_runs import entry, mixed_run, ok, timing

PHASES = {"startup": 2.0, "load": 6.0, "predict_first": 1.0, "predict": 0.3}


def table(*own: tuple[float | None, float], **changes: object) -> dict[str, dict[str, str]]:
    """Runner to header to cell, for own inputs of these distances and differences."""
    labels = [f"r{number}" for number, _ in enumerate(own)]
    made = glance(
        make_run(
            [ok(label) for label in labels],
            parity=[entry(label, "fc6", 2.5e-7, "pass") for label in labels],
            preprocessing=[
                Preprocessing(
                    label=label,
                    rms=rms,
                    features=[PreprocessingFeature(feature="fc6", relative_l2=distance)],
                )
                for label, (distance, rms) in zip(labels, own, strict=True)
            ],
            timing=[
                timing(label, phase, [s], 1.0) for label in labels for phase, s in PHASES.items()
            ],
        ),
        **changes,
    )
    return {row[0]: dict(zip(made.headers[1:], row[1:], strict=True)) for row in made.rows}


def test_a_row_answers_all_three_questions() -> None:
    assert table((0.28, 11.0))["r0"] == {
        "parity": "pass",
        "error": "2.5e-07",
        "own input moves fc6 by": "28 %",
        "predict, s": "0.300",
        "ratio": "1.00",
        "first use, s": "9.00",  # 2 + 6 + 1
        "GiB": "1.00",
    }


def test_another_phase_has_its_own_seconds() -> None:
    assert table((0.28, 11.0), phase="load")["r0"]["load, s"] == "6.00"


def test_what_rounding_alone_moves_is_called_so() -> None:
    column = [row["own input moves fc6 by"] for row in table((0.2, 9.0), (1e-6, 0.0)).values()]
    assert column == ["20 %", "rounding"]


def test_a_little_more_than_rounding_is_not_zero() -> None:
    assert table((5e-5, 0.1))["r0"]["own input moves fc6 by"] == "< 0.01 %"


def test_there_is_a_row_for_every_runner_and_missing_values_are_dashes() -> None:
    rows = {row[0]: row[1:] for row in glance(mixed_run()).rows}
    assert list(rows) == ["fast", "wrong", "nan", "odd", "crashed", "absent", "late"]
    assert rows["absent"] == ("unavailable", *["–"] * 6)
    assert rows["wrong"][:2] == ("DIVERGES", "5.0e-01 ≠") and rows["wrong"][4] == "unranked"


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_has_the_table(name: str) -> None:
    made = glance(odd_runs()[name])
    assert {len(row) for row in made.rows} <= {len(made.headers)}
