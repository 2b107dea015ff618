"""Every command offers a request's fields in the same way: their names, help and defaults."""

# The types of the fields below are read at run time, so annotations are evaluated here.

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from netparity.commands import main as cli
from netparity.commands.options import takes
from netparity.protocol.base import INPUTS
from netparity.run.option import CommandOption, Typed, documented, like, option, options
from netparity.run.request import Request, make_environments, parse_rounds
from netparity.runners.base import COMPILE_CACHE
from netparity.runners.environments import Environments
from netparity.runners.matconvnet import CODE_CHOICES
from netparity.sweep.grid import Grid
from netparity.transfer.request import Request as TransferRequest

COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
NOT_BY_USER = {"command", "begun_monotonic"}
# A process of a transfer extracts the features of a whole dataset; a sweep goes through several
# numbers of threads; setup is given runners by position.
OWN = {("transfer", "timeout_seconds"), ("sweep", "threads"), ("setup", "runners")}


def parameters(command: str) -> dict[str, Any]:
    return {each.name: each for each in COMMANDS[command].params}


def shown(command: str, name: str) -> Any:
    """What the help says of an option: its names, then its meaning, range and default."""
    context = COMMANDS[command].make_context(command, [], resilient_parsing=True)
    return parameters(command)[name].get_help_record(context)


def run(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Request:
    """The request that `netparity compare` makes of its arguments."""
    caught: list[Request] = []

    def compare(request: Request, watch: object) -> None:
        caught.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.run.compare.compare", compare)
    result = CliRunner().invoke(cli.app, ["compare", *arguments])
    assert result.exit_code == 130, result.output
    return caught[0]


# --- one declaration for all commands -------------------------------------------------------


def test_every_field_that_a_user_can_set_is_an_option_of_compare() -> None:
    offered = set(parameters("compare")) - {"help", "as_json", "verbose"}
    assert offered == {each.name for each in fields(Request)} - NOT_BY_USER
    assert {field.name for field, declared in options(Request) if not declared.by_user} == (
        NOT_BY_USER
    )


def test_without_options_compare_has_the_defaults_of_the_request(monkeypatch) -> None:
    made = run([], monkeypatch)
    for field in fields(Request):
        if field.name not in NOT_BY_USER:
            assert getattr(made, field.name) == getattr(Request(), field.name), field.name
    assert made.command[0] == "netparity"
    assert made.begun_monotonic is not None


@pytest.mark.parametrize("field", [each.name for each in fields(Request)])
def test_the_help_of_compare_shows_the_default_of_the_request(field: str) -> None:
    default = getattr(Request(), field)
    if field not in NOT_BY_USER and default not in (None, (), Environments()):
        assert str(parameters("compare")[field].default) == str(default)


@pytest.mark.parametrize("command", ["sweep", "replay", "transfer", "check", "doctor", "setup"])
def test_the_same_field_has_the_same_option_in_every_command(command: str) -> None:
    known, offered = parameters("compare"), parameters(command)
    shared = [name for name in offered if name in known and (command, name) not in OWN]
    assert {"environments", "model"} & set(shared)
    for name in set(shared) - {"help", "as_json", "verbose"}:
        assert shown(command, name) == shown("compare", name)


def test_what_a_command_has_of_its_own_is_its_own() -> None:
    for command, name in OWN:
        assert shown(command, name) != shown("compare", name)


def test_a_transfer_waits_longer_and_says_so_in_the_same_words() -> None:
    transfer, compare = (parameters(name)["timeout_seconds"] for name in ("transfer", "compare"))
    assert (transfer.default, compare.default) == (3600.0, 600.0)
    assert transfer.help == compare.help


def test_a_transfer_has_no_option_that_its_request_has_not() -> None:
    offered = set(parameters("transfer")) - {"help", "as_json", "verbose"}
    assert offered == {each.name for each in fields(TransferRequest)}


def test_a_sweep_has_the_options_of_its_grid() -> None:
    assert {each.name for each in fields(Grid)} <= set(parameters("sweep"))
    assert parameters("sweep")["batches"].default == ",".join(map(str, Grid().batches))


def test_words_that_stand_for_values_name_all_of_them() -> None:
    metavars = {field.name: declared.metavar for field, declared in options(Request)}
    assert set(str(metavars["matconvnet"]).split("|")) == set(CODE_CHOICES)
    assert set(str(metavars["compile_cache"]).split("|")) == set(COMPILE_CACHE.choices)
    assert TransferRequest().inputs == INPUTS


def test_every_field_is_explained_in_the_docstring() -> None:
    for request in (Request, Grid, TransferRequest):
        for field, declared in options(request):
            assert f"    {field.name}: {declared.help}" in (request.__doc__ or "")


# --- from what is typed to the request ------------------------------------------------------


def test_what_is_typed_arrives_in_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = "a.png b.png -r keras2-theano --runner matconvnet-octave --rounds auto"
    arguments += " --budget 9 --per-layer --threads 3 --out there --timeout 7 --matconvnet compat"
    arguments += " --python keras2-theano=/usr/bin/python3"
    made = run(arguments.split(), monkeypatch)
    assert made.images == [Path("a.png"), Path("b.png")]
    assert made.runners == ["keras2-theano", "matconvnet-octave"]
    assert (made.rounds, made.budget_seconds, made.per_layer) == ("auto", 9.0, True)
    assert (made.threads, made.results, made.timeout_seconds) == (3, Path("there"), 7.0)
    assert made.matconvnet == "compat"
    assert made.environments.overrides == {"keras2-theano": Path("/usr/bin/python3")}


@pytest.mark.parametrize(
    ("arguments", "grid"),
    [
        ([], Grid()),
        (["--batch", "1, 8", "--threads", "2"], Grid(batches=(1, 8), threads=(2,))),
        (["--data-format", "channels_last"], Grid(data_formats=("channels_last",))),
    ],
)
def test_a_sweep_takes_lists(arguments: list[str], grid: Grid, monkeypatch) -> None:
    caught: list[Grid] = []

    def run_sweep(request: Request, grid: Grid, watch: object) -> None:
        assert request.begun_monotonic is None
        caught.append(grid)
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.sweep.running.run_sweep", run_sweep)
    assert CliRunner().invoke(cli.app, ["sweep", *arguments]).exit_code == 130
    assert caught == [grid]


@pytest.mark.parametrize(
    ("typed", "inputs"), [("both", INPUTS), ("shared", ("shared",)), ("native", ("native",))]
)
def test_a_transfer_takes_one_input_or_both(typed: str, inputs: tuple[str, ...], monkeypatch):
    caught: list[TransferRequest] = []

    def run_transfer(request: TransferRequest, watch: object) -> None:
        caught.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.transfer.running.run_transfer", run_transfer)
    result = CliRunner().invoke(cli.app, ["transfer", "--input", typed])
    assert result.exit_code == 130, result.output
    assert caught == [TransferRequest(inputs=inputs)]


def test_a_replay_takes_one_image_and_counts_no_time_before_its_comparisons(monkeypatch) -> None:
    caught: list[Request] = []

    def run_replay(request: Request, watch: object) -> None:
        caught.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.replay.running.run_replay", run_replay)
    assert CliRunner().invoke(cli.app, ["replay", "a.png", "--rounds", "3"]).exit_code == 130
    assert (caught[0].images, caught[0].rounds) == ([Path("a.png")], 3)
    assert caught[0].begun_monotonic is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("sweep --batch 1,x", "--batch '1,x': expected numbers such as 1,2,4"),
        ("sweep --threads 1234567890", "--threads '1234567890': expected numbers"),
        ("sweep --rounds 1001", "--rounds '1001': expected a number from 1 to 1000, or auto"),
        ("replay --rounds x", "--rounds 'x'"),
        ("doctor --python torch=/usr/bin/python3", "expected RUNNER=/path/to/python"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(command: str, words: str) -> None:
    result = CliRunner().invoke(cli.app, command.split())
    assert result.exit_code == 2
    assert re.sub(r"\s+", " ", result.stderr).startswith("netparity: error: ")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


# --- the pieces -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Soup:
    """A soup."""

    name: str = option("leek", "What is in it.", "--name", "-n")
    bowls: int = option(2, "How many.", "--bowls", least=1, most=3)
    spices: Sequence[str] = option((), "Repeat for several.", "--spice")
    hot: bool = option(False, "Serve it hot.", "--hot")
    size: int = option(4, "Of a bowl.", "--size", typed=Typed(str, "4", int))


def served(only: Sequence[str] | None = None) -> tuple[typer.Typer, list[tuple[Soup, int]]]:
    made: list[tuple[Soup, int]] = []

    def serve(first: int, soup: Soup) -> None:
        made.append((soup, first))

    app = typer.Typer()
    app.command()(takes(Soup, only=only)(serve))
    return app, made


def test_a_command_gets_the_request_beside_its_own_parameters() -> None:
    app, made = served()
    arguments = ["7", "-n", "pea", "--bowls", "3", "--spice", "salt", "--spice", "dill"]
    arguments += ["--hot", "--size", "5"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert made == [(Soup("pea", 3, ["salt", "dill"], True, 5), 7)]


def test_what_is_not_typed_is_the_default_of_the_request() -> None:
    app, made = served()
    assert CliRunner().invoke(app, ["1"]).exit_code == 0
    assert made == [(Soup(), 1)]


def test_numbers_out_of_range_are_refused() -> None:
    app, made = served()
    assert CliRunner().invoke(app, ["1", "--bowls", "4"]).exit_code == 2
    assert made == []


def test_a_field_that_is_not_taken_is_no_option() -> None:
    app, made = served(only=["name"])
    assert CliRunner().invoke(app, ["1", "--hot"]).exit_code == 2
    assert CliRunner().invoke(app, ["1", "--name", "pea"]).exit_code == 0
    assert made == [(Soup("pea"), 1)]


def test_a_field_that_is_not_there_is_an_error_of_the_program() -> None:
    with pytest.raises(LookupError, match="Soup has no fields salt"):
        takes(Soup, only=["salt"])
    with pytest.raises(LookupError, match="no parameter is a Soup"):
        takes(Soup)(lambda: None)


def test_a_field_like_another_has_its_option_and_its_default() -> None:
    @documented
    @dataclass(frozen=True)
    class Stew:
        """A stew."""

        bowls: int = like(Soup, "bowls")
        name: str = like(Soup, "name", default="goulash")
        environments: Any = like(Request, "environments")

    assert Stew() == Stew(2, "goulash", make_environments())
    stew, soup = by_name(Stew), by_name(Soup)
    assert (stew["bowls"], stew["name"]) == (soup["bowls"], soup["name"])
    assert "A stew.\n\nAttributes:\n    bowls: How many. (`--bowls`)" in (Stew.__doc__ or "")
    with pytest.raises(KeyError):
        like(Soup, "salt")


def by_name(request: type) -> dict[str, CommandOption]:
    return {field.name: declared for field, declared in options(request)}


def test_a_type_that_is_only_text_is_an_error_of_the_program() -> None:
    @dataclass(frozen=True)
    class Broth:
        hours: "int" = option(3, "How long.", "--hours")

    def cook(broth: Broth) -> None: ...

    cook.__annotations__["broth"] = Broth
    with pytest.raises(TypeError, match="type of hours is not evaluated: int"):
        takes(Broth)(cook)


def test_rounds_are_a_number_or_auto() -> None:
    assert (parse_rounds("7"), parse_rounds("auto")) == (7, "auto")
