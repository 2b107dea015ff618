"""netparity plot: which files it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from netparity.commands.main import app
from netparity.report.plots import KINDS
from netparity.results.folder import RunFolder
from tests.support.page_runs import stored_document, whole_run


@pytest.fixture
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stored run with all its files; the working directory is an empty one."""
    document = stored_document(tmp_path / "results")
    folder = document.folder(0)
    folder.write_run(document.runs[0].model_copy(update={"run_id": folder.run_id}))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return folder.path


def call(*arguments: object):
    return CliRunner().invoke(app, ["plot", *map(str, arguments)])


def test_a_plot_is_written_here_under_its_kinds_name(run_dir: Path) -> None:
    result = call(run_dir, "layers")
    assert result.exit_code == 0, result.output
    assert [path.name for path in Path.cwd().iterdir()] == ["layers.svg"]
    assert Path("layers.svg").read_bytes().startswith(b"<?xml")
    assert "stored in layers.svg" in result.stderr


@pytest.mark.parametrize(
    ("name", "head"), [("a.pdf", b"%PDF"), ("a.png", b"\x89PNG"), ("a.SVG", b"<?xml")]
)
def test_the_format_is_that_of_the_files_name(run_dir: Path, name: str, head: bytes) -> None:
    assert call(run_dir, "phases", "--output", name).exit_code == 0
    assert Path(name).read_bytes().startswith(head)


def test_all_kinds_go_into_a_folder(run_dir: Path) -> None:
    result = call(run_dir, "all", "--format", "png", "--output", "plots")
    assert result.exit_code == 0, result.output
    assert sorted(path.stem for path in Path("plots").glob("*.png")) == sorted(KINDS)


def test_of_all_kinds_those_that_cannot_be_drawn_are_named(tmp_path: Path, monkeypatch) -> None:
    store = RunFolder.create(tmp_path / "results")
    store.write_run(whole_run(["a"]))
    monkeypatch.chdir(tmp_path)
    result = call(store.path, "all")
    assert result.exit_code == 0, result.output
    assert "no plot of features: the run does not hold the reference's fc6" in result.stderr
    assert "no plot of inputs: the inputs were not kept with the run" in result.stderr
    drawn = sorted(path.stem for path in tmp_path.glob("*.svg"))
    assert drawn == ["errors", "layers", "limit", "phases", "values"]
    alone = call(store.path, "features")
    assert alone.exit_code == 2
    assert "no plot of features" in alone.stderr


def test_width_and_theme(run_dir: Path) -> None:
    assert call(run_dir, "limit", "-o", "wide.png", "--width", "183").exit_code == 0
    assert call(run_dir, "limit", "-o", "dark.png", "--theme", "dark").exit_code == 0
    with Image.open("wide.png") as wide, Image.open("dark.png") as dark:
        assert wide.width == pytest.approx(183 / 25.4 * 300, abs=1)
        assert dark.convert("RGB").getpixel((2, 2)) == (0x14, 0x18, 0x1D)


def test_phase_and_feature(run_dir: Path) -> None:
    assert call(run_dir, "values").exit_code == 0
    before = Path("values.svg").read_bytes()
    assert call(run_dir, "values", "--phase", "load").exit_code == 0
    assert Path("values.svg").read_bytes() != before
    assert call(run_dir, "features", "--feature", "pool1").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["pie"],
            "plot 'pie' is not one of errors, phases, values, layers, features, inputs, limit, all",
        ),
        (["phases", "--format", "bmp"], "--format 'bmp' is not one of svg, pdf, png"),
        (["phases", "-o", "plot.jpg"], "--output 'plot.jpg' ends in none of .svg, .pdf, .png"),
        (["phases", "-o", "plot"], "--output 'plot' ends in none of .svg, .pdf, .png"),
        (["phases", "-f", "pdf", "-o", "plot.png"], "name different formats"),
        (["phases", "--theme", "blue"], "theme 'blue' is not one of light, dark"),
        (["phases", "--width", "5"], "width 5: expected 60 to 400 mm"),
        (["phases", "--width", "nan"], "expected 60 to 400 mm"),
        (["values", "--phase", "sleep"], "--phase 'sleep' is not one of startup"),
        (["features", "--feature", "fc9"], "--feature 'fc9' is not one of conv1_1"),
        (["phases", "-o", "none/plot.svg"], "there is no folder none"),
        (["phases", "-f", "svg", "-o", "."], "is a folder"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(
    run_dir: Path, arguments: list[str], words: str
) -> None:
    result = call(run_dir, *arguments)
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert list(Path.cwd().iterdir()) == []


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    result = call(tmp_path, "phases")
    assert result.exit_code == 2
    assert "contains no run.json" in result.stderr


def test_the_runs_folder_is_not_written_to(run_dir: Path) -> None:
    def state() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in run_dir.rglob("*")}

    before = state()
    assert call(run_dir, "all").exit_code == 0
    assert state() == before
