"""Every column that can be chosen says what it knows of every runner, and a dash where nothing."""

from __future__ import annotations

import pytest

from netparity.errors import UsageError
from netparity.protocol import PHASES, HardwareLimit, Round, Run, Threads
from netparity.report.cells import ABSENT, percent_at_most
from netparity.report.columns import COLUMNS, DEFAULT_COLUMNS, PHASE_HEADERS, Row
from netparity.report.document import Choice
from netparity.report.plots import KINDS, Scene
from netparity.report.tables import comparison, limit_shares
from tests.support.cases import make_run
from tests.support.stored_runs import entry, mixed_run, ok, timing

RUN = mixed_run()
FATES = {record.label: record for record in RUN.runners}
# What is known of every runner, whatever became of it.
ALWAYS = {"runner", "run", "machine", "parity", "processes"}
BLAS = "OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64"


def full_run() -> Run:
    """One runner of which everything is known, and the one that its times are put in ratio to."""
    judged = [
        entry("a", "fc6", 4e-7, "pass", floor=1e-7),
        entry("a", "fc7", 6e-7, "pass", floor=2e-7),
        entry("base", "fc6", 1e-7, "pass", floor=1e-7),
    ]
    predict = timing("a", "predict", [0.35, 0.40, 0.45], 2.0)
    return make_run(
        [
            ok("a", code="A tool 1.0", blas=BLAS, threads=Threads(requested=2, found=2)),
            ok("base"),
        ],
        parity=judged,
        timing=[
            predict.model_copy(
                update={
                    "verdict": "slower",
                    "p_value": 0.0123,
                    "processors_busy": 1.734,
                    "energy_joules": 12.345,
                }
            ),
            *(timing("a", phase, [1.0, 2.0, 3.0], 1.0) for phase in PHASES if phase != "predict"),
            timing("base", "predict", [0.2], 1.0),
        ],
        limit=HardwareLimit(flops=10**9, flops_per_second=1e10, bytes_per_second=1e10, seconds=0.1),
    )


def cell(name: str, run: Run, label: str, **wanted) -> str:
    record = next(record for record in run.runners if record.label == label)
    return COLUMNS[name].cell(Row(run, record, **wanted))


def shown(run: Run, **choice) -> dict[str, dict[str, str]]:
    """Label to header to cell of the first table."""
    table = comparison(run, choice=Choice(**choice))
    return {row[0]: dict(zip(table.headers, row, strict=True)) for row in table.rows}


@pytest.mark.parametrize("label", FATES)
@pytest.mark.parametrize("name", COLUMNS)
def test_there_is_a_cell_for_every_fate(name: str, label: str) -> None:
    said = cell(name, RUN, label)
    assert said and said.splitlines() == [said]


@pytest.mark.parametrize("label", ["crashed", "absent", "late"])
@pytest.mark.parametrize("name", sorted(set(COLUMNS) - ALWAYS))
def test_what_is_missing_is_a_dash_and_never_zero(name: str, label: str) -> None:
    assert cell(name, RUN, label) == ABSENT


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_some_things_are_known_of_every_runner(name: str) -> None:
    assert ABSENT not in [cell(name, RUN, label) for label in FATES]


def test_every_column_has_something_to_say_of_a_runner_that_is_fine() -> None:
    said = {name: cell(name, full_run(), "a") for name in COLUMNS}
    assert said == {
        "runner": "a",
        "code": "A tool 1.0",
        "run": "20260102T030405Z-abcdef",
        "machine": "A processor",
        "parity": "pass",
        "error": "4.0e-07",  # 4 floors off, as against 3 at fc7
        "seconds": "0.40 (0.35–0.45)",
        "rate": "2.50 (2.22–2.86)",  # one image in 0.40 (0.35 to 0.45) seconds
        "ratio": "2.00 (1.80–2.20)",
        "verdict": "slower",
        "busy": "1.73",
        "energy": "12.3",
        "memory": "1.00",
        "best": "0.350",
        "p": "0.012",
        "share": "25.0 %",  # 0.1 s of 0.4 s
        "max_abs": "3.2e-06",
        "cosine": "8.0e-14",
        "floor": "1.0e-07",
        "times_floor": "4",
        "processes": "1",
        "threads": "2",
        "library": "OpenBLAS 0.3.21 SkylakeX",
        "predict": "0.40 (0.35–0.45)",
        **{phase: "2.0 (1.0–3.0)" for phase in PHASES if phase != "predict"},
    }


def test_without_the_spread_intervals_are_left_out() -> None:
    assert cell("seconds", full_run(), "a", spread=False) == "0.40"
    assert cell("ratio", full_run(), "a", spread=False) == "2.00"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verdict": "no difference shown"}, "no difference shown (< 13 %)"),
        ({"verdict": "same", "largest_difference": 0.031}, "same within 3.1 %"),
        ({"verdict": "same", "largest_difference": 0.0}, "same within 0 %"),
        ({"verdict": "slower"}, "slower"),
        ({"verdict": "no difference shown", "largest_difference": 1e16}, "no difference shown"),
        # A run stored before the word came from the interval.
        (
            {"verdict": "no difference shown", "largest_difference": None},
            "no difference shown (< 1.2 %)",
        ),
    ],
)
def test_a_verdict_states_the_largest_difference_that_is_possible(
    changes: dict[str, object], expected: str
) -> None:
    run = full_run()
    entry = run.timing[0].model_copy(update=changes)
    run = run.model_copy(update={"timing": [entry, run.timing[-1]]})
    assert cell("verdict", run, "a") == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0312, "3.2 %"), (0.031, "3.1 %"), (0.0999, "10 %"), (0.12, "12 %"), (0.1201, "13 %"),
        (0.000123, "0.013 %"), (2.345, "235 %"), (99.0, "100 times"),
    ],
)  # fmt: skip
def test_a_bound_is_rounded_up(share: float, expected: str) -> None:
    assert percent_at_most(share) == expected


@pytest.mark.parametrize(
    ("name", "said"), [("ratio", "unranked"), ("verdict", ABSENT), ("p", ABSENT)]
)
def test_a_wrong_answer_has_seconds_but_no_speed(name: str, said: str) -> None:
    """Even where a run that was stored long ago holds a ratio of it."""
    run = full_run().model_copy(update={"parity": [entry("a", "fc6", 0.5, "divergent")]})
    assert cell("seconds", run, "a") == "0.40 (0.35–0.45)"
    assert cell(name, run, "a") == said


def test_what_took_no_time_has_no_share_of_the_limit() -> None:
    run = full_run()
    nothing = timing("a", "predict", [0.0], 1.0)
    assert cell("share", run.model_copy(update={"timing": [nothing]}), "a") == ABSENT
    assert cell("share", run.model_copy(update={"limit": None}), "a") == ABSENT


def test_the_processor_s_limit_says_nothing_of_a_gpu() -> None:
    run = full_run()
    runners = [
        record.model_copy(update={"flags": {"device": "cuda"}}) if record.label == "a" else record
        for record in run.runners
    ]
    on_gpu = run.model_copy(update={"runners": runners})
    assert cell("share", run, "a") != ABSENT
    assert cell("share", on_gpu, "a") == ABSENT
    shares = {row[0]: row[1:] for row in limit_shares(on_gpu).rows}
    assert (shares["a"][1], shares["base"][1]) == (ABSENT, "50 %")
    assert shares["a"][0] != ABSENT
    drawn = KINDS["limit"].draw(Scene(on_gpu))
    assert len(drawn.figure.axes[0].patches) == 1
    assert "Runners on a GPU are left out." in drawn.caption


def test_an_error_of_zero_is_zero_and_no_floor_is_a_dash() -> None:
    run = make_run([ok("a")], parity=[entry("a", "fc6", 0.0, "identical")])
    assert cell("max_abs", run, "a") == cell("error", run, "a") == "0"
    assert cell("floor", run, "a") == cell("times_floor", run, "a") == ABSENT


def test_processes_are_those_that_succeeded() -> None:
    rounds = [
        Round(round=1, order=1, status=status, wall_seconds=1.0, log="log.txt")
        for status in ("ok", "failed", "ok")
    ]
    record = ok("a").model_copy(update={"rounds": rounds})
    assert cell("processes", make_run([record]), "a") == "2"
    assert cell("processes", RUN, "crashed") == cell("processes", RUN, "late") == "0"


# --- what is chosen -------------------------------------------------------------------------


def test_the_usual_columns() -> None:
    usual = ("runner", "what ran", "parity", "error", "predict, s", "ratio", "verdict")
    assert tuple(shown(full_run())["a"]) == (*usual, "CPUs busy", "predict, J", "GiB")
    assert len(DEFAULT_COLUMNS) == len(usual) + 3


def test_a_column_of_which_nothing_is_known_is_shown_only_if_it_is_asked_for() -> None:
    run = full_run()
    timings = [
        each.model_copy(update={"processors_busy": None, "energy_joules": None})
        for each in run.timing
    ]
    run = run.model_copy(update={"timing": timings})
    assert not {"CPUs busy", "predict, J"} & shown(run)["a"].keys()
    assert shown(run, columns=("runner", "busy"))["a"]["CPUs busy"] == ABSENT


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "predict"])
def test_a_phase_changes_seconds_and_ratio(phase: str) -> None:
    row = shown(full_run(), phase=phase)["a"]
    assert row[f"{PHASE_HEADERS[phase]}, s"] == "2.0 (1.0–3.0)"
    assert row["ratio"] == "1.00"
    assert "predict, s" not in row


def test_a_phase_changes_the_best_seconds_too() -> None:
    columns = ("runner", "best", "predict")
    row = shown(full_run(), phase="load", columns=columns)["a"]
    assert row == {"runner": "a", "best load, s": "1.00", "predict, s": "0.40 (0.35–0.45)"}


def test_a_feature_changes_the_error_and_says_which_it_is() -> None:
    columns = ("runner", "error", "max_abs", "floor", "times_floor")
    rows = shown(full_run(), feature="fc7", columns=columns)
    assert rows["a"] == {
        "runner": "a",
        "error, fc7": "6.0e-07",
        "max abs, fc7": "4.8e-06",
        "noise floor, fc7": "2.0e-07",
        "error over floor, fc7": "3",
    }
    assert rows["base"]["error, fc7"] == ABSENT, "it was not compared there"


def test_parity_is_over_all_features_whichever_is_shown() -> None:
    assert shown(RUN, feature="fc6")["wrong"]["parity"] == "DIVERGES"
    assert shown(RUN, feature="fc6")["wrong"]["error, fc6"] == "2.0e-06"


def test_columns_of_words_come_first_and_the_others_as_they_were_asked_for() -> None:
    columns = ("memory", "code", "error", "runner", "p")
    table = comparison(full_run(), choice=Choice(columns=columns))
    assert table.headers == ("what ran", "runner", "GiB", "error", "p")
    assert table.words == 2


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_can_stand_alone(name: str) -> None:
    table = comparison(RUN, choice=Choice(columns=(name,)))
    assert len(table.headers) == 1 and "{" not in table.headers[0]
    assert [row[0] for row in table.rows] == [cell(name, RUN, label) for label in FATES]


def test_a_column_that_does_not_exist_is_refused_with_the_ones_that_do() -> None:
    with pytest.raises(UsageError, match=r"--columns 'speed' is not one of runner, code, run, "):
        comparison(RUN, choice=Choice(columns=("runner", "speed")))
