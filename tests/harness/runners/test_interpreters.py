"""Interpreters of the user's own, from --python and from variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.errors import SetupError, UsageError
from netparity.run.planning import make_plan
from netparity.run.request import Request, make_environments
from netparity.runners import create_runners, known_runners
from netparity.runners.interpreters import own_interpreters, unknown_variables, variable
from netparity.watch import SILENT

KNOWN = ["pytorch", "keras2-theano-2.0.4"]


def test_a_variable_is_named_by_the_runner() -> None:
    assert variable("pytorch") == "NETPARITY_PYTHON_PYTORCH"
    assert variable("keras2-theano-2.0.4") == "NETPARITY_PYTHON_KERAS2_THEANO_2_0_4"


def test_the_option_takes_precedence_over_the_variable(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETPARITY_PYTHON_PYTORCH", "/from/variable")
    monkeypatch.setenv("NETPARITY_PYTHON_KERAS2_THEANO_2_0_4", "env/bin/python")
    found = own_interpreters(["pytorch=/from/option"], KNOWN)
    assert found.overrides == {
        "pytorch": Path("/from/option"),
        "keras2-theano-2.0.4": tmp_path / "env" / "bin" / "python",
    }
    assert found.option("pytorch") == "--python pytorch"
    assert found.option("keras2-theano-2.0.4") == "NETPARITY_PYTHON_KERAS2_THEANO_2_0_4"


def test_an_empty_variable_is_as_none(monkeypatch) -> None:
    monkeypatch.setenv("NETPARITY_PYTHON_PYTORCH", "")
    assert own_interpreters([], KNOWN).overrides == {}


def test_every_request_reads_the_variables(monkeypatch) -> None:
    assert Request().environments == make_environments()
    monkeypatch.setenv("NETPARITY_PYTHON_KERAS3_TENSORFLOW", "/none/python")
    environments = Request().environments
    assert environments.overrides == {"keras3-tensorflow": Path("/none/python")}
    [runner] = create_runners(["keras3-tensorflow"], known_runners())
    found = runner.availability(environments)
    assert found.reason == "NETPARITY_PYTHON_KERAS3_TENSORFLOW=/none/python does not exist"
    assert found.fix == "correct NETPARITY_PYTHON_KERAS3_TENSORFLOW"
    with pytest.raises(SetupError, match="NETPARITY_PYTHON_KERAS3_TENSORFLOW=/none/python is not"):
        runner.prepare(environments, SILENT)


def test_a_value_that_is_no_path_is_named_with_its_variable(monkeypatch) -> None:
    monkeypatch.setenv("NETPARITY_PYTHON_PYTORCH", "x" * 5000)
    with pytest.raises(UsageError, match="NETPARITY_PYTHON_PYTORCH"):
        own_interpreters([], KNOWN)


def test_a_variable_that_no_runner_reads_is_told(monkeypatch) -> None:
    monkeypatch.setenv("NETPARITY_PYTHON_PYTROCH", "/usr/bin/python3")
    [sentence] = unknown_variables(KNOWN)
    assert sentence.startswith("NETPARITY_PYTHON_PYTROCH has no effect: no runner reads it")
    assert "NETPARITY_PYTHON_PYTORCH" in sentence
    plan = make_plan(Request(model="vgg16-tiny", runners=["matconvnet-octave"]))
    assert plan.warnings[0].startswith("NETPARITY_PYTHON_PYTROCH has no effect")
