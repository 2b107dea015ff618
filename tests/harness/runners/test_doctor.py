"""Doctor changes nothing; setup makes what can be made and reports what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from netparity.errors import SetupError, UsageError
from netparity.runners import RUNNERS, Availability, Missing, Runner, doctor
from netparity.runners.environments import Environments


def fake(name: str, problem: str | None = None, package: str | None = None) -> type[Runner]:
    """A runner that lacks one package until it has been installed."""

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
    return Fake


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been installed."""
    made: list[list[str]] = []
    monkeypatch.setattr(doctor.debian, "install", lambda packages, watch: made.append(packages))
    return made


def set_up(monkeypatch, kinds, *names: str) -> dict[str, str | None]:
    monkeypatch.setattr(doctor, "RUNNERS", tuple(kinds))
    return dict(doctor.set_up(names, Environments()))


def test_every_runner_is_examined_and_nothing_is_made(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # an Octave there would be asked for its version
    found = dict(doctor.examine(Environments()))
    assert list(found) == [kind.name for kind in RUNNERS]
    assert all(each.available or (each.reason and each.fix) for each in found.values())
    assert not found["keras3-tensorflow"].available
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_all_runners_are_set_up_unless_some_are_named(monkeypatch, installs) -> None:
    kinds = [fake("a"), fake("b")]
    assert set_up(monkeypatch, kinds) == {"a": None, "b": None}
    assert set_up(monkeypatch, kinds, "b") == {"b": None}
    assert (kinds[0].prepared, kinds[1].prepared) == (["a"], ["b", "b"])


def test_one_that_fails_does_not_stop_the_others(monkeypatch, installs) -> None:
    found = set_up(monkeypatch, [fake("a", problem="no network"), fake("b")])
    assert found["b"] is None
    assert "no network" in found["a"]
    assert "the fix" in found["a"]


def test_packages_of_all_runners_are_installed_at_once(monkeypatch, installs) -> None:
    kinds = [fake("a", package="g++"), fake("b", package="octave"), fake("c", package="g++")]
    found = set_up(monkeypatch, kinds)
    assert installs == [["g++", "octave"]]
    assert "missing: a thing" in found["a"]


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch, installs) -> None:
    set_up(monkeypatch, [fake("a")])
    assert installs == []


def test_packages_that_cannot_be_installed_are_told(monkeypatch) -> None:
    def refuse(packages, watch) -> None:
        raise SetupError("system packages are missing: octave", "sudo apt-get install octave")

    monkeypatch.setattr(doctor.debian, "install", refuse)
    found = set_up(monkeypatch, [fake("a", package="octave"), fake("b")])
    assert "not available: missing: a thing" in found["a"]
    assert found["b"] is None


def test_an_unknown_name_lists_the_known_ones_before_anything_is_made(
    monkeypatch, installs
) -> None:
    kind = fake("a")
    with pytest.raises(UsageError, match="unknown runner 'z'; expected one of a"):
        set_up(monkeypatch, [kind], "a", "z")
    assert kind.prepared == []
