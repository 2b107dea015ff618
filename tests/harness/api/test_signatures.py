"""Each setting of a request is an argument of its function, of the same name and default."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

import pytest

import netparity
from netparity.api.described import MARK, describes
from netparity.commands.sweep import sweep as sweep_command
from netparity.dataset.request import Request as DatasetRequest
from netparity.judge.diagnose import diagnose_run
from netparity.run.option import option, options
from netparity.run.request import Request
from netparity.sweep.grid import Grid
from netparity.transfer.request import Request as TransferRequest

WHOLE = [
    (netparity.compare, Request),
    (netparity.compare_dataset, DatasetRequest),
    (netparity.run_transfer, TransferRequest),
]
PUBLIC = [getattr(netparity, name) for name in netparity.__all__ if name.islower()]
FUNCTIONS = [function for function in PUBLIC if inspect.isfunction(function)]


def settings(request: type) -> dict[str, Any]:
    """The default of every field that a user can set; None for one that is made anew."""
    return {
        field.name: None if field.default is MISSING else field.default
        for field, declared in options(request)
        if declared.by_user
    }


def arguments(function: Callable[..., object]) -> dict[str, Any]:
    found = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in found if each.name != "progress"}


@pytest.mark.parametrize(("function", "request_"), WHOLE)
def test_every_setting_is_an_argument_with_the_same_default(
    function: Callable[..., object], request_: type
) -> None:
    assert arguments(function) == settings(request_)
    assert list(arguments(function)) == list(settings(request_))


def test_a_sweep_has_the_settings_of_its_command() -> None:
    of_command = set(inspect.signature(sweep_command).parameters) - {"as_json", "verbose"}
    found = arguments(netparity.run_sweep)
    assert set(found) == of_command
    defaults = settings(Request) | settings(Grid)
    assert found == {name: defaults[name] for name in found}


def test_a_diagnosis_has_the_settings_of_the_one_of_a_run() -> None:
    found = arguments(netparity.diagnose)
    expected = inspect.signature(diagnose_run).parameters
    for name in ("weights", "other_weights", "budget_seconds"):
        assert found[name] == expected[name].default


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_argument_has_a_type_and_is_documented(function: Callable[..., object]) -> None:
    signature = inspect.signature(function)
    text = inspect.getdoc(function) or ""
    assert MARK not in text
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name
        assert f"\n    {parameter.name}: " in text, parameter.name


@pytest.mark.parametrize(("function", "request_"), WHOLE)
def test_only_what_an_argument_is_of_may_be_given_by_position(
    function: Callable[..., object], request_: type
) -> None:
    by_position = {
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    assert by_position == {field.name for field, option in options(request_) if option.argument}


def test_options_of_the_command_line_are_called_by_their_arguments() -> None:
    @describes(Request)
    def function(rtol: float, budget_seconds: float, progress: bool) -> None:
        """Do it.

        Args:
            {settings}
            progress: Whether it is shown.
        """

    assert inspect.getdoc(function) == (
        "Do it.\n\nArgs:\n"
        "    rtol: See `atol`.\n"
        "    budget_seconds: Start no more rounds after this time. "
        "(default: 300 with `rounds` auto)\n"
        "    progress: Whether it is shown."
    )


def test_options_of_nothing_here_stay_as_they_are() -> None:
    class Odd:
        __dataclass_fields__ = {}  # noqa: RUF012

    with pytest.raises(AssertionError, match=r"does not say \{settings\}"):
        describes(Odd)(lambda: None)
    assert option(1, "as --elsewhere") is not None
