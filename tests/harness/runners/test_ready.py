"""`--runner all`: what is ready, and a sentence for what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.errors import UsageError
from netparity.results.folder import RunFolder
from netparity.run import choosing
from netparity.run.planning import begin_run, make_plan
from netparity.run.request import Request
from netparity.runners import Availability, Missing, Option, Runner
from netparity.runners.environments import Environments
from netparity.runners.ready import with_all
from netparity.sweep.grid import Grid
from netparity.sweep.plans import make_plans
from tests.support.watches import Messages


def kind(name: str, rows: tuple[str, ...] = (), ready: bool = True, **more) -> type[Runner]:
    """A runner that says whether it is ready."""

    class Fake(Runner):
        network_format = "safetensors"
        asked = 0

        def missing(self, environments: Environments) -> list[Missing]:
            return []

        def prepare(self, environments: Environments, watch) -> None:
            raise AssertionError("nothing is to be made")

        def availability(self, environments: Environments) -> Availability:
            type(self).asked += 1
            if ready:
                return Availability(True)
            return Availability(
                False, "its environment has not been made", f"netparity setup {name}"
            )

        def command(self, environments: Environments, job_file, threads: int):
            raise AssertionError("nothing is to be run")

    Fake.name, Fake.default_rows = name, rows
    Fake.options = {"call": Option("how", ("a", "b"))}
    for key, value in more.items():
        setattr(Fake, key, value)
    return Fake


KINDS = (
    kind("first", ("first", "first[call=b]")),
    kind("second", ready=False),
    kind("third"),
    kind("program", required=("command",)),
)
LEFT_OUT = (
    "second is not ready and was left out: its environment has not been made; "
    "fix: netparity setup second"
)


def rows(*texts: str) -> list[str]:
    found = with_all(texts, KINDS, Environments())
    assert found.left_out == [LEFT_OUT]
    return found.texts


def test_all_is_the_default_rows_of_what_is_ready_else_the_name() -> None:
    assert rows("all") == ["first", "first[call=b]", "third"]


def test_all_stands_beside_others_in_its_place() -> None:
    assert rows("third[call=a]", " all ", "second") == [
        "third[call=a]",
        *("first", "first[call=b]", "third"),
        "second",
    ]


def test_a_row_that_is_also_named_appears_once() -> None:
    assert rows("all", "first[call=b]", "all") == ["first", "third", "first[call=b]"]


def test_without_all_nobody_is_asked() -> None:
    asked = [each.asked for each in KINDS]
    found = with_all(["first", "second"], KINDS, Environments())
    assert (found.texts, found.left_out) == (["first", "second"], [])
    assert [each.asked for each in KINDS] == asked


def test_nothing_ready_is_an_error_with_the_command_that_changes_it() -> None:
    with pytest.raises(UsageError, match=r"no runner is ready; make .* with: netparity setup"):
        with_all(["all"], [kind("a", ready=False)], Environments())


def test_a_wrong_name_beside_all_is_named() -> None:
    with pytest.raises(UsageError, match="unknown runner 'torhc'"):
        with_all(["all", "torhc"], KINDS, Environments())


def test_what_was_left_out_is_told_and_stored_with_the_run(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(choosing, "known_runners", lambda: KINDS)
    request = Request(model="vgg16-tiny", runners=["all"], results=tmp_path)
    assert not request.named_runners
    watch = Messages()
    plan = make_plan(request, watch)
    assert [runner.label for runner in plan.runners] == ["first", "first[call=b]", "third"]
    assert watch.warnings == [LEFT_OUT]
    store = RunFolder.create(tmp_path)
    available = {runner.label: Availability(True) for runner in plan.runners}
    assert begin_run(plan, available, store, 0).warnings == [LEFT_OUT]


def test_a_sweep_asks_once_and_stores_it_with_every_run(tmp_path: Path, monkeypatch) -> None:
    ready = kind("first")
    kinds = (ready, KINDS[1])
    for module in ("netparity.sweep.plans", "netparity.run.choosing"):
        monkeypatch.setattr(f"{module}.known_runners", lambda: kinds)
    request = Request(model="vgg16-tiny", runners=["all"], results=tmp_path)
    watch = Messages()
    plans = list(make_plans(request, Grid(batches=[1, 2]), watch))
    assert [plan.warnings for plan in plans] == [(LEFT_OUT,)] * 2
    assert watch.warnings == [LEFT_OUT]
    assert ready.asked == 1
