"""Runners of installed packages: found by their entry points, and harmless if broken."""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import pytest

from netparity import runners
from netparity.api import compare
from netparity.errors import UsageError
from netparity.run.planning import make_plan
from netparity.run.request import Request, make_environments
from netparity.runners import doctor
from netparity.runners.installed import find_installed
from tests.support.onnx_files import model_of, node
from tests.support.scripted_processes import no_report
from tests.support.watches import Messages

RUNNER = """
from pathlib import Path
from netparity.runners import Runner
from netparity.runners.environments import Stack
from netparity.runners.python_tool import PythonRunner

class Reader(PythonRunner):
    name = "reader"
    network_format = "safetensors"
    stack = Stack("reader", ">=3.11", packages=("numpy",))
    script = str(Path(__file__).with_name("extract.py"))
    packages = ("numpy",)
    modules = ("numpy",)

class Abstract(Runner):
    name = "abstract"

def leave():
    raise SystemExit(3)

class Other(Reader):
    name = "another"

class Failing(Reader):
    name = "failing"

    def availability(self, environments):
        return environments.no_such_attribute

class Odd(Reader):
    name = "odd"
    default_rows = ("odd[call=fast]",)
"""

# Of a network of one node that keeps what is above zero.
EXTRACTOR = """
import sys
import numpy
from extractor import main
from graph_stack import GraphStack
from stack import Description

class Reader(GraphStack):
    def start(self, settings):
        pass

    def load_network(self, network, weights, layers):
        self.layers = layers

    def predict(self, tensor):
        return [numpy.maximum(tensor, 0) for _ in self.layers]

    def describe(self):
        return Description("Reader", {"numpy": numpy.__version__}, None, None, {})

sys.exit(main(Reader(), sys.argv[1:]))
"""


def install(folder: Path, package: str, entries: dict[str, str], code: str = RUNNER) -> Path:
    """Install a package into a folder of its own, as pip would leave it."""
    module = package.replace("-", "_")
    (folder / module).mkdir(parents=True)
    (folder / module / "__init__.py").touch()
    (folder / module / "runner.py").write_text(code)
    (folder / module / "extract.py").write_text(EXTRACTOR)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("[netparity.runners]\n" + "\n".join(lines) + "\n")
    return folder


@pytest.fixture(autouse=True)
def looked_up_again(monkeypatch: pytest.MonkeyPatch):
    """What a test installs is found by it alone."""
    runners.installed_runners.cache_clear()
    yield
    runners.installed_runners.cache_clear()


def found(taken: tuple[str, ...] = ("keras3-tensorflow", "all")) -> dict[str, str]:
    """By runner, what is wrong with it."""
    return {each.name: each.problem for each in find_installed(taken)}


def test_without_packages_there_are_no_others() -> None:
    assert found() == {}
    assert runners.unusable_runners() == []
    assert [kind.name for kind in runners.known_runners()] == [
        *(kind.name for kind in runners.RUNNERS),
        "external",
    ]


def test_a_runner_of_a_package_can_be_named_and_given_an_interpreter(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, "good-one", {"reader": "good_one.runner:Reader"}))
    kind = runners.known_runners()[-1]
    assert kind.name == "reader"
    assert kind not in runners.RUNNERS
    assert "reader" in runners.interpreter_names()


def test_each_broken_runner_is_told_by_its_name_and_breaks_nothing(
    tmp_path: Path, monkeypatch
) -> None:
    entries = {
        "abstract": "mixed.runner:Abstract",
        "absent": "mixed.runner:Absent",
        "function": "mixed.runner:leave",
        "misnamed": "mixed.runner:Other",
        "no.name": "mixed.runner:Reader",
        "odd": "mixed.runner:Odd",
        "nowhere": "no_such_module:Reader",
        "reader": "mixed.runner:Reader",
    }
    monkeypatch.syspath_prepend(install(tmp_path / "a", "mixed", entries))
    quits = install(tmp_path / "b", "quitter", {"quits": "quitter.runner:A"}, "raise SystemExit(3)")
    monkeypatch.syspath_prepend(quits)
    problems = found()
    assert problems.pop("reader") == ""
    assert "lacks availability, command, missing" in problems.pop("abstract")
    assert "AttributeError" in problems.pop("absent")
    assert "is not a subclass of netparity.runners.Runner" in problems.pop("function")
    assert "has the name 'another'" in problems.pop("misnamed")
    assert "has the name 'reader'" in problems.pop("no.name")
    assert "ModuleNotFoundError" in problems.pop("nowhere")
    assert "its rows cannot be made: UsageError" in problems.pop("odd")
    assert "SystemExit: 3" in problems.pop("quits")
    assert problems == {}
    assert [kind.name for kind in runners.known_runners()][-2:] == ["external", "reader"]
    watch = Messages()
    plan = make_plan(Request(model="vgg16-tiny", runners=["matconvnet-octave"]), watch)
    assert plan.warnings == tuple(watch.warnings) == tuple(runners.unusable_runners())
    sentence = "the runner absent of the package mixed cannot be used: it cannot be imported"
    assert any(warning.startswith(sentence) for warning in watch.warnings)


def test_one_that_raises_is_not_ready_and_stops_neither_all_nor_doctor(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # an Octave there would be asked for its version
    entries = {"failing": "odd_one.runner:Failing", "reader": "odd_one.runner:Reader"}
    monkeypatch.syspath_prepend(install(tmp_path, "odd-one", entries))
    monkeypatch.setenv("NETPARITY_PYTHON_READER", sys.executable)
    reason = "odd_one.runner failed: AttributeError: 'Environments' object has no attribute"
    environments = make_environments()
    rows = runners.with_all(["all"], runners.known_runners(), environments)
    assert rows.texts == ["reader"]
    assert any(
        each.startswith(f"failing is not ready and was left out: {reason}")
        for each in rows.left_out
    )
    found = {row.name: row for row in doctor.examine(environments)}
    assert found["failing"].availability.reason.startswith(reason)
    assert (found["failing"].state, found["failing"].package) == ("not possible here", "odd-one")
    assert found["reader"].state == "ready"


@pytest.mark.parametrize(
    ("name", "owner"), [("keras3-tensorflow", "netparity itself"), ("all", "netparity itself")]
)
def test_a_name_that_is_taken_is_an_error_naming_the_package(
    tmp_path: Path, monkeypatch, name: str, owner: str
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, "clash", {name: "clash.runner:Reader"}))
    with pytest.raises(UsageError, match=f"the package clash .*{name}.* {owner} has too"):
        runners.known_runners()


def test_two_packages_with_one_name_are_both_named(tmp_path: Path, monkeypatch) -> None:
    for package in ("first", "second"):
        entries = {"reader": f"{package}.runner:Reader"}
        monkeypatch.syspath_prepend(install(tmp_path / package, package, entries))
    with pytest.raises(UsageError, match=r"(first|second) .*the package (first|second) has too"):
        runners.known_runners()


def test_a_runner_of_a_package_takes_part_in_a_comparison(tmp_path: Path, monkeypatch) -> None:
    no_report(monkeypatch)
    monkeypatch.syspath_prepend(install(tmp_path, "good-one", {"reader": "good_one.runner:Reader"}))
    monkeypatch.setenv("NETPARITY_PYTHON_READER", sys.executable)
    network = tmp_path / "relu.onnx"
    onnx.save(model_of([node("Relu", ["x"], ["y"])], inputs={"x": ("N", 3, 16, 16)}), network)
    run = compare(
        model=str(network),
        layers="all",
        preprocess="none",
        rounds=1,
        repeats=1,
        runners=["reader"],
        results=tmp_path / "results",
    )
    [record] = run.runners
    assert (record.runner, record.status, record.code) == ("reader", "ok", "Reader")
    assert {entry.verdict for entry in run.parity} <= {"pass", "identical"}
    assert {entry.input for entry in run.parity} == {"shared", "native"}
    assert run.warnings == []
