"""The history as a plot: a line per runner over the runs, with machines and versions told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from netparity.commands.main import app
from netparity.protocol import Machine, Run
from netparity.report.plots import Drawing, NothingToDrawError
from netparity.report.plots.over_runs import draw, version_changes
from netparity.report.plots.style import THEMES, applied
from netparity.results.folder import RunFolder
from tests.support.cases import make_run
from tests.support.stored_runs import entry, ok, timing


def run_of(day: int, seconds: dict[str, float], version: str = "1", **changes: object) -> Run:
    records = [ok(label).model_copy(update={"versions": {"tool": version}}) for label in seconds]
    return make_run(
        records,
        run_id=f"2026010{day}T000000Z-abcdef",
        started=f"2026-01-0{day}T00:00:00Z",
        parity=[entry(label, "fc6", 1e-7, "pass") for label in seconds],
        timing=[timing(label, "predict", [value], None) for label, value in seconds.items()],
        **changes,
    )


def drawn(*runs: Run, phase: str = "predict") -> Drawing:
    with applied(THEMES["light"]):
        return draw(runs, phase)


def line_of(drawing: Drawing, part: int, place: int) -> tuple[list[float], list[float]]:
    """A line without a marker; those with markers are the single runs."""
    lines = [line for line in drawing.figure.axes[part].lines if line.get_marker() == "None"]
    return [round(x) for x in lines[place].get_xdata()], list(lines[place].get_ydata())


def test_a_runner_is_a_line_over_the_runs() -> None:
    drawing = drawn(run_of(1, {"a": 0.2, "b": 0.4}), run_of(2, {"b": 0.3}), run_of(3, {"a": 0.1}))
    assert line_of(drawing, 0, 0) == ([0, 2], [0.2, 0.1])
    assert line_of(drawing, 0, 1) == ([0, 1], [0.4, 0.3])
    ticks = [tick.get_text() for tick in drawing.figure.axes[0].get_xticklabels()]
    assert ticks == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_machines_and_networks_are_told_apart() -> None:
    other = Machine(cpu="Fast", cpus_available=8, memory_bytes=1, system="S", python="3.12")
    runs = (
        run_of(1, {"a": 0.2}),
        run_of(2, {"a": 0.1}, machine=other),
        run_of(3, {"a": 9.0}, model="n"),
    )
    titles = [axes.get_title(loc="left") for axes in drawn(*runs).figure.axes]
    assert titles == [
        "vgg16-tiny on A processor, 2 processors",
        "vgg16-tiny on Fast, 8 processors",
        "n on A processor, 2 processors",
    ]


def test_a_changed_version_is_marked_and_named() -> None:
    drawing = drawn(
        run_of(1, {"a": 0.2}),
        run_of(2, {"a": 0.1}, version="2"),
        run_of(3, {"a": 0.1}, version="2"),
    )
    axes = drawing.figure.axes[0]
    rings = [line for line in axes.lines if line.get_markersize() == 8]
    assert [round(ring.get_xdata()[0]) for ring in rings] == [1]
    assert "1" in [text.get_text() for text in axes.texts]
    [legend] = drawing.figure.legends
    assert "1: a: tool 1 → 2" in [text.get_text() for text in legend.get_texts()]
    assert "0.100 s, tool 1 → 2" in drawing.alt


def test_a_version_that_appears_or_goes_is_a_change() -> None:
    first = ok("a").model_copy(update={"versions": {"x": "1", "same": "3"}})
    second = ok("a").model_copy(update={"versions": {"y": "2", "same": "3"}})
    assert version_changes(first, second) == "x 1 → none, y none → 2"
    assert version_changes(None, second) == ""


def test_a_wrong_answer_is_hollow() -> None:
    wrong = run_of(2, {"a": 0.1}).model_copy(
        update={"parity": [entry("a", "fc6", 0.5, "divergent")]}
    )
    drawing = drawn(run_of(1, {"a": 0.2}), wrong)
    faces = [
        line.get_markerfacecolor()
        for line in drawing.figure.axes[0].lines
        if line.get_marker() != "None" and line.get_markersize() == 4
    ]
    assert faces[1] == "none" != faces[0]
    assert "failed parity" in drawing.alt


def test_nothing_to_draw() -> None:
    with pytest.raises(NothingToDrawError, match="no stored run has a timing of load"):
        drawn(run_of(1, {"a": 0.2}), phase="load")


def test_the_command_writes_it(tmp_path: Path) -> None:
    for day in (1, 2):
        run = run_of(day, {"a": 0.2})
        RunFolder.create(tmp_path / "results", run.run_id).write_run(run)
    (tmp_path / "results" / "broken").mkdir()
    (tmp_path / "results" / "broken" / "run.json").write_text("{}")
    file = tmp_path / "history.svg"
    call = ["history", str(tmp_path / "results"), "--plot", str(file)]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"<?xml")
    assert f"stored in {file}" in result.stderr
    refused = CliRunner().invoke(app, [*call[:-1], str(tmp_path / "history.doc")])
    assert refused.exit_code == 2 and "ends in none of .svg, .pdf, .png" in refused.output
    empty = CliRunner().invoke(app, [*call, "--phase", "load"])
    assert empty.exit_code == 2 and "no stored run has a timing of load" in empty.output
