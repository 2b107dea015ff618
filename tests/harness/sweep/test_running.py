"""A sweep from its beginning to its stored end, and what Ctrl-C leaves of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from netparity.errors import InputError
from netparity.protocol import Run
from netparity.results.folder import RunFolder
from netparity.run import points
from netparity.run.request import Request
from netparity.sweep.grid import Grid
from netparity.sweep.remaking import is_sweep, remake_sweep
from netparity.sweep.running import run_sweep
from tests.support.command_line import here
from tests.support.scripted_processes import Script, interrupt_at, script_preparation
from tests.support.watches import Messages

GRID = Grid(batches=[1, 2], threads=[1, 2])


def request_for(tmp_path: Path) -> Request:
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b")]
    return Request(model="vgg16-tiny", runners=runners, results=tmp_path / "results", rounds=3)


def stored(tmp_path: Path) -> tuple[Path, Sequence[Run]]:
    """The sweep's folder, and its runs in the order of their names."""
    (folder,) = (tmp_path / "results").iterdir()
    names = sorted(path.parent for path in folder.glob("*/run.json"))
    return folder, [RunFolder.open(path).read_run() for path in names]


def test_every_point_of_a_whole_sweep_is_stored_as_finished(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    script = Script(lambda runner, turn, threads: 0.1, monkeypatch)
    found, runs, path = run_sweep(request_for(tmp_path), GRID)
    folder, stored_runs = stored(tmp_path)
    assert path == folder and stored_runs == runs and len(runs) == 4
    assert len(script.turns) == 4 * 2 * 3
    assert all(run.finished is not None and not run.interrupted for run in runs)
    # The order was drawn from one seed, and every run has it.
    assert len({run.settings.order_seed for run in runs}) == 1
    assert not found.interrupted
    assert json.loads((folder / "sweep.json").read_text())["interrupted"] is False


def test_points_with_the_same_images_share_one_reference(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    batches = []
    real = points.ReferencePass

    def counted(model, weights, tensor, **wanted):
        batches.append(len(tensor))
        return real(model, weights, tensor, **wanted)

    monkeypatch.setattr(points, "ReferencePass", counted)
    _, runs, folder = run_sweep(request_for(tmp_path), GRID)
    assert batches == [1, 2]
    for run in runs:
        store = RunFolder.open(folder / run.run_id)
        assert run.reference_features and run.noise_floors
        for file in run.reference_features.values():
            assert len(store.read_array(file)) == len(run.images)


def test_ctrl_c_stores_every_point_as_interrupted(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    script = Script(interrupt_at(2, 0.1), monkeypatch)
    messages = Messages()
    with pytest.raises(KeyboardInterrupt):
        run_sweep(request_for(tmp_path), GRID, messages)
    folder, runs = stored(tmp_path)
    assert len(script.turns) == 8 and len(runs) == 4
    for run in runs:
        assert run.interrupted and run.finished is None
        assert [len(record.rounds) for record in run.runners] == [1, 1]
    assert json.loads((folder / "sweep.json").read_text())["interrupted"] is True
    _, judged, _ = remake_sweep(folder)  # as `netparity report` does
    for run in judged:
        assert {entry.label for entry in run.timing} == {"a", "b"}  # judged by what there is
    summary = json.loads((folder / "sweep.json").read_text())
    assert summary["interrupted"] is True
    assert [row["processes"] for row in summary["rows"]] == [1] * 8
    assert f"netparity report {folder}/{runs[0].run_id}" in messages.text
    assert f"netparity report {folder}\n" in messages.text
    assert f"the sweep is stored in {folder}" in messages.text


def test_ctrl_c_while_the_points_are_laid_out_keeps_those_that_had_begun(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    script = Script(lambda runner, turn, threads: 0.1, monkeypatch)
    lay_out = points.make_assignment

    def interrupted(plan, *arguments):
        if len(plan.images) == 2:
            raise KeyboardInterrupt
        return lay_out(plan, *arguments)

    monkeypatch.setattr(points, "make_assignment", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(request_for(tmp_path), GRID)
    folder, runs = stored(tmp_path)
    assert not script.turns
    assert [len(run.images) for run in runs] == [1, 1]
    assert all(run.interrupted and run.finished is None for run in runs)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {run.run_id for run in runs}
    stored_sweep = json.loads((folder / "sweep.json").read_text())
    assert stored_sweep["interrupted"] is True
    remake_sweep(folder)
    # Of four points two had begun, and no process had run.
    assert {row["parity"] for row in stored_sweep["rows"]} == {"not run"}
    assert len(stored_sweep["rows"]) == 8
    assert "not run" in (folder / "sweep.md").read_text()


def test_an_error_leaves_the_runs_as_they_are(tmp_path, monkeypatch):
    """A full disk, say: the runs stay as they are, neither finished nor interrupted."""
    script_preparation(monkeypatch)

    def seconds(*_):
        raise OSError("disk full")

    Script(seconds, monkeypatch)
    with pytest.raises(OSError, match="disk full"):
        run_sweep(request_for(tmp_path), GRID)
    folder, runs = stored(tmp_path)
    assert all(run.finished is None and not run.interrupted for run in runs)
    assert json.loads((folder / "sweep.json").read_text())["interrupted"] is True
    assert not (folder / "sweep.md").exists()


# --- netparity report of a sweep's folder ---------------------------------------------------


@pytest.fixture
def killed(tmp_path, monkeypatch) -> Path:
    """A sweep that SIGKILL has ended in its second round: nothing was judged."""
    script_preparation(monkeypatch)

    def seconds(runner, turn, threads):
        if turn.round == 2:
            raise SystemExit("killed")
        return 0.1

    Script(seconds, monkeypatch)
    with pytest.raises(SystemExit):
        run_sweep(request_for(tmp_path), GRID)
    folder, _ = stored(tmp_path)
    shutil.rmtree(sorted(path for path in folder.iterdir() if path.is_dir())[-1])
    return folder


def test_the_tables_of_a_killed_sweep_can_be_made(killed: Path):
    assert is_sweep(killed)
    found, runs, folder = remake_sweep(killed)
    assert folder == killed and len(runs) == 3
    assert found.interrupted
    cells = {(row.label, row.batch, row.threads): row for row in found.rows}
    assert len(cells) == 8  # two runners, two batches, two numbers of threads
    begun = {(len(run.images), run.settings.threads) for run in runs}
    for (_, batch, threads), row in cells.items():
        assert row.processes == ((batch, threads) in begun)
        assert (row.parity == "not run") is ((batch, threads) not in begun)
    summary = json.loads((killed / "sweep.json").read_text())
    assert summary["interrupted"] is True and len(summary["rows"]) == 8
    assert "was interrupted" in (killed / "sweep.md").read_text()
    assert remake_sweep(killed)[0] == found  # and again


def test_the_tables_of_a_whole_sweep_are_remade_as_they_were(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    _, _, folder = run_sweep(request_for(tmp_path), GRID)
    names = ("sweep.json", "sweep.md", "sweep.csv")
    before = {name: (folder / name).read_bytes() for name in names}
    (folder / "sweep.md").unlink()
    done = here("report", folder)
    assert done.exit_code == 0 and f"stored in {folder}" in done.stdout.replace("\n", "")
    assert {name: (folder / name).read_bytes() for name in names} == before


def test_a_sweep_has_no_other_format(killed: Path, tmp_path: Path):
    done = here("report", killed, "--format", "csv")
    assert done.exit_code == 2 and "is a sweep" in done.stderr
    done = here("report", killed, "--output", tmp_path / "x.csv")
    assert done.exit_code == 2 and not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": 1}', '{"rows": [{"label": 1}]}'])
def test_a_damaged_sweep_is_an_input_error(tmp_path: Path, text: str):
    (tmp_path / "sweep.json").write_text(text)
    with pytest.raises(InputError, match="is not the table of a sweep"):
        remake_sweep(tmp_path)
