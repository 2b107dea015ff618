"""netparity report: every format, to a file or standard output, and its errors."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from netparity.commands import main as cli
from netparity.errors import StoreError
from netparity.judge.documents import open_document
from netparity.protocol import Run, RunnerRecord
from netparity.report import EXPORTERS, exporter, render, suffixes
from netparity.results.folder import RunFolder
from tests.support.odd_runs import whole_run
from tests.support.stored_runs import LAYERS, StoredRun, presentable_run

TEXTS = [name for name in EXPORTERS if name != "parquet"]
Store = Callable[[Run], Path]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stored(tmp_path: Path) -> Store:
    """Return stored(run): the folder of a run with its run.json alone."""

    def store(run: Run) -> Path:
        folder = RunFolder.create(tmp_path / "results", run.run_id)
        folder.write_run(run)
        return folder.path

    return store


@pytest.fixture
def folder(stored: Store) -> Path:
    return stored(presentable_run())


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["report", *map(str, arguments)])


def shown(*arguments: object) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes.decode()


def refused(*arguments: object) -> str:
    """The error, which must be one sentence without a traceback."""
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def contents(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Name to inode, time and bytes of everything in a folder."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes(),
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TEXTS)
def test_every_format_is_printed_as_it_is(form: str, folder: Path) -> None:
    assert shown(folder, "--format", form) == render(open_document([folder]), form)


@pytest.mark.parametrize("form", EXPORTERS)
def test_every_format_can_be_written_to_a_file(form: str, folder: Path) -> None:
    result = call(folder, "--format", form, "--output", "out")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "stored in out\n"
    # The page links to the run's files from where it lies.
    document = dataclasses.replace(open_document([folder]), page=Path())
    rendered = render(document, form)
    expected = rendered if isinstance(rendered, bytes) else rendered.encode()
    if form != "parquet":
        assert Path("out").read_bytes() == expected
    assert Path("out").read_bytes()[:4] == expected[:4]


@pytest.mark.parametrize(("suffix", "form"), suffixes().items())
def test_the_suffix_of_a_file_names_its_format(suffix: str, form: str, folder: Path) -> None:
    call(folder, "--output", f"by-name{suffix.upper()}")
    call(folder, "--format", form, "--output", "by-format")
    assert Path(f"by-name{suffix.upper()}").read_bytes() == Path("by-format").read_bytes()


def test_a_format_that_was_named_may_have_any_suffix_of_no_other(folder: Path) -> None:
    call(folder, "--format", "csv", "--output", "table.data")
    assert Path("table.data").read_bytes().startswith(b"run_id,label,")


def test_a_format_that_is_not_text_is_refused_by_a_terminal(folder, monkeypatch) -> None:
    printed = call(folder, "--format", "parquet")
    assert printed.stdout_bytes.startswith(b"PAR1")
    terminal = SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("netparity.commands.report.sys", terminal)
    assert "name a file with --output" in refused(folder, "--format", "parquet")


def test_the_run_file_names_the_run_as_its_folder_does(folder: Path) -> None:
    assert shown(folder / "run.json", "-f", "csv") == shown(folder, "-f", "csv")


def test_a_file_that_was_there_is_replaced(folder: Path) -> None:
    Path("out.csv").write_text("old")
    call(folder, "-o", "out.csv")
    assert Path("out.csv").read_bytes().startswith(b"run_id,label,")
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["out.csv"]


# --- choices --------------------------------------------------------------------------------


def test_a_phase_and_a_feature_change_the_table(folder: Path) -> None:
    said = shown(folder, "-f", "markdown", "--phase", "startup", "--feature", "fc6")
    assert "| error, fc6 | start-up, s |" in said
    assert "| fast | Keras 3 | pass | 1.3e-06 | 5.0 (4.0–6.0) |" in said


def test_columns_of_a_table(folder: Path) -> None:
    said = shown(folder, "-f", "markdown", "--columns", "runner, best,memory")
    assert "| runner | best predict, s | GiB |" in said
    assert "| fast | 0.100 | 1.00 |" in said


def test_columns_in_a_terminal(folder: Path) -> None:
    said = shown(folder, "--columns", "runner,best")
    assert "best" in said and "ratio" not in said.partition("Seconds per phase")[0]


def test_columns_of_rows(folder: Path) -> None:
    said = shown(folder, "-f", "csv", "--columns", "label,predict_median_seconds")
    rows = list(csv.reader(io.StringIO(said, newline="")))
    assert rows[:2] == [["label", "predict_median_seconds"], ["fast", "0.2"]]


def test_several_runs_stand_side_by_side(folder: Path, stored: Store) -> None:
    other = stored(whole_run(["fast", "new"], run_id="20260203T040506Z-123456"))
    said = shown(folder, other)
    assert "Seconds of predict, side by side" in said
    assert said.count("stored in ") == 2
    document = json.loads(shown(other, folder, "-f", "json"))
    assert [run["run_id"] for run in document["runs"]] == [other.name, folder.name]
    assert any("left out" in remark for remark in document["remarks"])


def test_json_alone_is_on_standard_output(folder: Path) -> None:
    result = call(folder, "--json")
    assert json.loads(result.stdout) == json.loads((folder / "run.json").read_text())
    assert "only fast agrees" in " ".join(result.stderr.split())


# --- the run's own folder -------------------------------------------------------------------


def test_without_a_format_the_files_are_made_anew(folder: Path) -> None:
    before = contents(folder)
    (folder / "table.csv").write_text("damaged")
    shown(folder)
    after = contents(folder)
    made = {exporter(name).FILE for name in EXPORTERS} - {None}
    assert set(after) == {*before, *made}
    assert after["run.json"][2] == before["run.json"][2]
    for form in ("markdown", "csv"):
        expected = str(render(open_document([folder]), form)).encode()
        assert after[exporter(form).FILE][2] == expected


@pytest.mark.parametrize("form", EXPORTERS)
def test_with_a_format_nothing_in_the_folder_is_touched(form: str, folder: Path) -> None:
    (folder / "table.md").write_text("a note of the user's")
    before = contents(folder)
    call(folder, "--format", form)
    call(folder, "--format", form, "--output", "elsewhere")
    assert Path("elsewhere").is_file()
    assert contents(folder) == before


def cut_short(folder: Path) -> Path:
    """One runner has run, another was to come."""
    made = StoredRun.begin(folder)
    made.add("right")
    made.runners.append(RunnerRecord(label="late", runner="matconvnet-octave", status="pending"))
    made.store.write_run(made.run(finished=None, interrupted=True))
    return made.store.path


def test_a_run_that_was_cut_short_is_judged_by_what_is_stored(tmp_path: Path) -> None:
    folder = cut_short(tmp_path)
    assert RunFolder.open(folder).read_run().parity == []
    said = " ".join(shown(folder).split())
    assert "right agrees with the float64 reference at 6 layers from conv1_1 to prob" in said
    assert "The run was cut short; what was measured until then is shown." in said
    assert "late was not run: the run ended before this runner's turn." in said
    assert "The run was cut short" in (folder / "table.md").read_text()
    judged = RunFolder.open(folder).read_run().parity
    assert [entry.feature for entry in judged if entry.input == "shared"] == LAYERS


def test_with_a_format_a_run_that_was_cut_short_is_judged_and_left_as_it_is(tmp_path) -> None:
    folder = cut_short(tmp_path)
    before = contents(folder)
    assert "right agrees with the float64 reference" in shown(folder, "-f", "markdown")
    assert contents(folder) == before


# --- where it goes --------------------------------------------------------------------------


def test_a_link_keeps_leading_to_what_is_written(folder: Path) -> None:
    Path("file.md").write_text("before")
    Path("link.md").symlink_to("file.md")
    assert call(folder, "-o", "link.md").exit_code == 0
    assert Path("link.md").is_symlink()
    assert "agrees" in Path("file.md").read_text()


def test_a_pipe_or_a_device_is_not_replaced(folder: Path) -> None:
    os.mkfifo("pipe.md")
    assert "is a pipe, not a file" in refused(folder, "-o", "pipe.md")
    assert Path("pipe.md").is_fifo()


def test_a_hyphen_is_standard_output(folder: Path) -> None:
    assert shown(folder, "-f", "csv", "-o", "-") == shown(folder, "-f", "csv")
    assert not Path("-").exists()


def test_a_folder_that_cannot_be_written_is_shown_all_the_same(folder: Path, monkeypatch) -> None:
    def full(*arguments: object) -> None:
        raise StoreError("run.json cannot be written: Read-only file system")

    monkeypatch.setattr("netparity.report.write", full)
    result = call(folder)
    assert result.exit_code == 0, result.output
    assert "its files are as they were: run.json cannot be written" in result.stderr
    assert "only fast agrees" in " ".join(result.stdout.split())


def test_a_run_is_not_set_beside_itself(folder: Path) -> None:
    assert "was given 2 times" in refused(folder, folder / "run.json", "-f", "markdown")


def test_a_format_and_a_files_name_that_disagree_are_refused(folder: Path) -> None:
    assert "name different formats" in refused(folder, "-f", "markdown", "-o", "x.csv")
    assert call(folder, "-f", "tidy", "-o", "x.csv").exit_code == 0


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--phase", "--feature", "--columns"])
def test_what_is_refused_changes_nothing(option: str, folder: Path) -> None:
    before = contents(folder)
    refused(folder, option, "bogus")
    assert contents(folder) == before


@pytest.mark.parametrize("arguments", [("-f", "csv"), ("-o", "x.csv")])
def test_json_goes_with_no_format(arguments: tuple[str, str], folder: Path) -> None:
    assert "--json prints the run.json of one run" in refused(folder, "--json", *arguments)
    assert "--json prints the run.json of one run" in refused(folder, folder, "--json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "word"], ["--format 'word' is not one of markdown, csv", "bibtex"]),
        (["--columns", "speed"], ["--columns 'speed' is not one of runner, code", "ratio"]),
        (["-f", "latex", "--columns", "speed"], ["--columns 'speed' is not one of runner"]),
        (["--columns", ""], ["--columns is empty; choose from runner, code"]),
        (["-f", "csv", "--columns", "labels"], ["--columns 'labels' is not a column", "label, "]),
        (["-f", "tidy", "--columns", "valeu"], ["--columns 'valeu' is not a column", "value, "]),
        (["-f", "json", "--columns", "runner"], ["the format json has no columns to choose"]),
        (["--phase", "sleep"], ["--phase 'sleep' is not one of startup, load, preprocess"]),
        (["--feature", "fc9"], ["--feature 'fc9' is not one of fc6, fc7"]),
        (["-o", "table.docx"], ["--output 'table.docx' ends in none of .md", "name a --format"]),
        (["-o", "none"], ["--output 'none' ends in none of"]),
        (["-o", "none/table.md"], ["output none/table.md cannot be written", "no folder none"]),
        (["-f", "console", "-o", "x"], ["--format 'console' is not one of markdown"]),
        (["--surprise"], ["--surprise"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_usage_errors(arguments: list[str], words: list[str], folder: Path) -> None:
    said = refused(folder, *arguments)
    assert all(word in said for word in words), said
    assert [path.name for path in Path().iterdir()] == ["results"]


def test_an_output_that_is_a_folder(folder: Path) -> None:
    Path("out.md").mkdir()
    assert "output out.md is a folder; name a file in it" in refused(folder, "-o", "out.md")
    assert list(Path("out.md").iterdir()) == []


def test_a_folder_without_a_run(folder: Path) -> None:
    assert "none contains no run.json; give the folder of a run" in refused("none")
    assert "results contains no run.json" in refused("results", "-f", "csv")
    assert "contains no run.json" in refused(folder, "none"), "one of two"


def test_no_folder_at_all() -> None:
    assert "RUN_DIR" in refused()


def test_a_damaged_run(folder: Path) -> None:
    (folder / "run.json").write_text('{"schema_version": 4}')
    before = contents(folder)
    assert "its schema version is 4" in refused(folder)
    assert contents(folder) == before


def test_the_help_names_every_format() -> None:
    said = shown("--help")
    assert [name for name in EXPORTERS if name not in said] == []


def test_all_tables_and_notes_are_shown_with_verbose(folder: Path) -> None:
    first, everything = shown(folder), shown(folder, "--verbose")
    assert "Given the same tensor: " in first and "Given the same tensor: " in everything
    assert f"netparity report {folder} --verbose" in first
    for words in ("Seconds per phase", "Last lines of the log of crashed", "Parity and error: "):
        assert words in everything and words not in first
