"""Doctor changes nothing; setup makes what can be made and reports what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from netparity.errors import SetupError, UsageError
from netparity.runners import RUNNERS, Availability, InstalledRunner, Missing, Runner, doctor
from netparity.runners.doctor import SetUp
from netparity.runners.environments import Environments
from netparity.runners.interpreters import own_interpreters


def fake(
    name: str, problem: str | None = None, package: str | None = None, usual: bool = True, **more
) -> type[Runner]:
    """A runner that lacks one package until it has been installed; `usual` if it has a row."""

    class Fake(Runner):
        tool, weights_format = "keras", "keras-h5"
        prepared: ClassVar[list[str]] = []
        installed = False

        def prepare(self, environments: Environments, watch) -> None:
            self.prepared.append(self.name)
            if problem:
                raise SetupError(problem, "the fix")

        def missing(self, environments: Environments) -> list[Missing]:
            return [] if package is None or self.installed else [Missing("a thing", package)]

        def availability(self, environments: Environments) -> Availability:
            lacking = self.missing(environments)
            return Availability(not lacking, "missing: a thing" if lacking else "", "get it")

        def command(self, environments: Environments, job_file, threads: int):
            raise AssertionError("nothing is to be run")

    Fake.name = name
    Fake.default_rows = (name,) if usual else ()
    for key, value in more.items():
        setattr(Fake, key, value)
    return Fake


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been installed."""
    made: list[list[str]] = []
    monkeypatch.setattr(doctor.debian, "install", lambda packages, watch: made.append(packages))
    return made


def set_up(monkeypatch, kinds, *names: str, packaged=()) -> dict[str, SetUp]:
    monkeypatch.setattr(doctor, "RUNNERS", tuple(kinds))
    monkeypatch.setattr(doctor, "known_runners", lambda: (*kinds, *packaged))
    return {row.label: row for row in doctor.set_up(names, Environments())}


def test_every_runner_is_examined_and_nothing_is_made(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # an Octave there would be asked for its version
    found = {row.name: row for row in doctor.examine(Environments())}
    assert list(found) == [kind.name for kind in RUNNERS]
    for row in found.values():
        each = row.availability
        assert each.available or (each.reason and each.fix)
    keras = found["keras3-tensorflow"]
    assert keras.state == "can be set up"
    assert keras.needs == "downloads about 340 MB, 1540 MB on disk"
    assert "g++" in found["keras2-theano"].packages
    assert "system packages" in found["keras2-theano"].needs
    assert found["matconvnet-matlab"].state == "not possible here"
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_an_interpreter_of_the_users_own_is_told_with_what_named_it(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("NETPARITY_PYTHON_KERAS2_THEANO_2_0_4", "/old/python")
    environments = own_interpreters(
        ["keras3-tensorflow=/none/python"], ["keras3-tensorflow", "keras2-theano-2.0.4"]
    )
    found = {row.name: row for row in doctor.examine(environments)}
    keras3 = found["keras3-tensorflow"]
    assert keras3.interpreters == {"--python keras3-tensorflow": Path("/none/python")}
    assert keras3.state == "not possible here"
    assert found["keras2-theano"].interpreters == {
        "NETPARITY_PYTHON_KERAS2_THEANO_2_0_4": Path("/old/python")
    }


def test_a_runner_of_a_package_is_told_with_its_package(monkeypatch) -> None:
    kind = fake("theirs", usual=False)
    monkeypatch.setattr(doctor, "known_runners", lambda: (kind,))
    packaged = (InstalledRunner("theirs", "a-package", kind),)
    monkeypatch.setattr(doctor, "installed_runners", lambda: packaged)
    [row] = doctor.examine(Environments())
    assert (row.name, row.package, row.state) == ("theirs", "a-package", "ready")


def test_the_usual_runners_are_set_up_unless_some_are_named(monkeypatch, installs) -> None:
    kinds = [fake("a"), fake("b"), fake("new", usual=False)]
    assert list(set_up(monkeypatch, kinds)) == ["a", "b"]
    assert set_up(monkeypatch, kinds, "b") == {"b": SetUp("b")}
    assert [kind.prepared for kind in kinds] == [["a"], ["b", "b"], []]


def test_all_sets_up_every_runner_once_that_can_be_named_alone(monkeypatch, installs) -> None:
    kinds = [fake("a"), fake("new", usual=False), fake("program", required=("command",))]
    theirs = fake("theirs", usual=False)
    found = set_up(monkeypatch, kinds, "new", "all", packaged=[theirs])
    assert list(found) == ["a", "new", "theirs"]
    assert not any(row.problem for row in found.values())
    assert [kind.prepared for kind in kinds] == [["a"], ["new"], []]


def test_default_rows_of_a_package_are_not_set_up_unasked(monkeypatch, installs) -> None:
    theirs = fake("theirs")
    assert list(set_up(monkeypatch, [fake("a")], packaged=[theirs])) == ["a"]


def test_one_that_fails_does_not_stop_the_others(monkeypatch, installs) -> None:
    found = set_up(monkeypatch, [fake("a", problem="no network"), fake("b")])
    assert not found["b"].problem
    assert "no network" in found["a"].problem
    assert "the fix" in found["a"].problem


def test_packages_of_all_runners_are_installed_at_once(monkeypatch, installs) -> None:
    kinds = [fake("a", package="g++"), fake("b", package="octave"), fake("c", package="g++")]
    found = set_up(monkeypatch, kinds)
    assert installs == [["g++", "octave"]]
    assert "missing: a thing" in found["a"].problem
    assert found["a"].possible


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch, installs) -> None:
    set_up(monkeypatch, [fake("a")])
    assert installs == []


def test_packages_that_cannot_be_installed_are_told(monkeypatch) -> None:
    def refuse(packages, watch) -> None:
        raise SetupError("system packages are missing: octave", "sudo apt-get install octave")

    monkeypatch.setattr(doctor.debian, "install", refuse)
    found = set_up(monkeypatch, [fake("a", package="octave"), fake("b")])
    assert "not available: missing: a thing" in found["a"].problem
    assert not found["b"].problem


def test_an_unknown_name_lists_the_known_ones_before_anything_is_made(
    monkeypatch, installs
) -> None:
    kind = fake("a")
    with pytest.raises(UsageError, match="unknown runner 'z'; expected one of a"):
        set_up(monkeypatch, [kind], "a", "z")
    assert kind.prepared == []
