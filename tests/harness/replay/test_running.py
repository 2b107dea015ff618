"""A replay is judged by docs/2017.md, and gives its times in the post's format."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from netparity.commands.main import app
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.protocol import Round, RunnerRecord
from netparity.replay import running as replaying
from netparity.replay import tables as report
from netparity.replay.running import EXPERIMENTS, known_error, summarise_replay
from tests.support.cases import make_run
from tests.support.stored_runs import entry, timing

FAILING = [experiment for experiment in EXPERIMENTS if experiment.fails]
ERROR = known_error(VGG16_TINY)


def record(experiment, **changes):
    """What a runner's only process stores if everything is as documented."""
    phases = {"load": [2.0], "preprocess": [0.01, 0.009], "predict_first": [1.0], "predict": [0.5]}
    values = {"status": "ok", "reason": None, "flags": {}}
    if experiment.fails:
        phases = {"load": [2.0], "preprocess": [0.01, 0.009]}
        values = {
            "status": "failed",
            "reason": f"{ERROR}\nApply node that caused the error",
            "flags": {"kernel_shapes": "block1_conv1 3x4x3x3, block1_conv2 4x4x3x3"},
        }
    values["phases"] = phases
    values |= changes
    rounds = [
        Round(round=1, order=1, status="ok", phases=values.pop("phases"), wall_seconds=1, log="l")
    ]
    if values["status"] == "unavailable":
        rounds = []
    return RunnerRecord(
        label=experiment.runner,
        runner=experiment.runner.partition("[")[0],
        data_format="channels_first" if "channels_first" in experiment.runner else "channels_last",
        rounds=rounds,
        **values,
    )


def replay(changed=None, verdict="pass", **changes):
    records = [record(each, **(changes if each is changed else {})) for each in EXPERIMENTS]
    parity = [
        entry(each.runner, "fc6", 1e-6, verdict if each is changed else "pass")
        for each in EXPERIMENTS
        if not each.fails
    ]
    seconds = {"load": 2.0, "preprocess": 0.01, "predict_first": 1.0, "predict": 0.5}
    timings = [
        timing(each.runner, phase, [value, value * 1.1, value * 1.2], 1.1)
        for each in EXPERIMENTS
        if each.repeated
        for phase, value in seconds.items()
    ]
    once = make_run(records, parity=parity)
    return summarise_replay("name", EXPERIMENTS, once, make_run(records, timing=timings))


def documented(found):
    return {outcome.label: outcome.as_documented for outcome in found.outcomes}


def test_everything_as_documented():
    assert set(documented(replay()).values()) == {True}


@pytest.mark.parametrize("experiment", FAILING, ids=lambda each: each.runner)
@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "ValueError: something else\nmore"},
        {"reason": f"{ERROR}4\nalike, but of another network"},
        {"phases": {}},
        {"phases": {"load": [1.0], "predict_first": [1.0]}},
        {"flags": {}},
        {"flags": {"kernel_shapes": "block1_conv1 3x3x3x4, block1_conv2 3x3x4x4"}},
        {"status": "ok", "reason": None},
    ],
)
def test_a_failure_of_another_kind_is_not_the_one_of_2017(experiment, changes):
    found = documented(replay(experiment, **changes))
    assert found.pop(experiment.runner) is False
    assert set(found.values()) == {True}


@pytest.mark.parametrize(
    "changes", [{"verdict": "divergent"}, {"status": "failed", "reason": "it broke"}]
)
def test_what_should_agree_must_agree(changes):
    working = EXPERIMENTS[1]
    assert documented(replay(working, **changes))[working.runner] is False


def test_what_cannot_be_run_here_is_neither():
    script = EXPERIMENTS[-1]
    found = replay(script, status="unavailable", reason="no Octave", fix="install it")
    assert documented(found)[script.runner] is None
    assert "MatConvNet's script was not run: no Octave. Fix: install it" in list(
        report.remarks(found)
    )
    assert len(list(report.forms(found))) == len(EXPERIMENTS) - 1


def test_the_form_is_that_of_the_post():
    posted = EXPERIMENTS[0].posted
    for experiment, form in report.forms(replay()):
        assert list(json.loads(form)) == list(posted), experiment
    by_name = dict(report.forms(replay()))
    assert json.loads(by_name["Keras/Theano, two settings"]) == {
        "image_data_format": "channels_first",
        "predict time": None,
        "preprocessing time": 0.01,
        "load time": 2.0,
        "image_dim_ordering": "th",
    }


def test_the_post_s_figures_are_those_that_the_table_shows():
    lines = report.as_markdown(replay()).splitlines()
    theano = next(line for line in lines if line.startswith("| Keras/Theano | load"))
    cells = [cell.strip() for cell in theano.strip("|").split("|")]
    assert cells[2:4] == ["3.75", "1.00"] and cells[5:7] == ["8.03", "2.00"]
    first = lines[lines.index(theano) + 2]
    assert [cell.strip() for cell in first.strip("|").split("|")][2] == "3.12"
    assert f"ends with {ERROR}" in report.as_markdown(replay()).replace("\\", "")


def test_ratios_and_seconds_are_one_table_where_it_fits():
    wide, narrow = report.tables(replay(), 150), report.tables(replay(), 149)
    assert [table.title for table in wide] == [
        report.outcomes_table(replay()).title,
        report.times_table(replay()).title,
    ]
    assert narrow == (
        report.outcomes_table(replay()),
        report.ratios_table(replay()),
        report.seconds_table(replay()),
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"changed": EXPERIMENTS[1], "status": "failed", "reason": "it broke"}, 1),
        ({"changed": EXPERIMENTS[-1], "status": "unavailable", "reason": "no", "fix": "do"}, 3),
    ],
)
def test_exit_code_says_whether_it_went_as_documented(monkeypatch, tmp_path, changes, code):
    monkeypatch.setattr(replaying, "run_replay", lambda *_: (replay(**changes), tmp_path))
    done = CliRunner().invoke(app, ["replay", "--json"])
    assert done.exit_code == code
    assert json.loads(done.stdout)["schema_version"] == 1
