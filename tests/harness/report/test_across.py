"""Two stored runs side by side, and the list of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netparity.errors import InputError, UsageError
from netparity.protocol import Machine, Round, Run
from netparity.report.across import compare_folders, history
from netparity.results.folder import RunFolder
from tests.support.cases import make_run
from tests.support.stored_runs import entry, ok

STEADY = (0.100, 0.101, 0.099, 0.1005, 0.0995, 0.100)


def runner(label: str, seconds: tuple[float, ...], **changes):
    rounds = [
        Round(
            round=number,
            order=1,
            status="ok",
            phases={"predict": [value], "load": [1.0]},
            wall_seconds=1.0,
            log="log.txt",
        )
        for number, value in enumerate(seconds, start=1)
    ]
    return ok(label, **changes).model_copy(update={"rounds": rounds})


def stored(folder: Path, runners: list, verdict: str = "pass", **changes) -> tuple[Path, Run]:
    parity = [entry(each.label, "fc6", 1e-6, verdict) for each in runners]
    store = RunFolder.create(folder)
    run = make_run(runners, parity=parity, run_id=store.run_id).model_copy(update=changes)
    store.write_run(run)
    return store.path, run


def rows(found) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(found.table.headers, row, strict=True)) for row in found.table.rows}


def test_what_became_slower_is_said(tmp_path: Path) -> None:
    earlier, _ = stored(tmp_path, [runner("a", STEADY), runner("b", STEADY)])
    slower = tuple(1.2 * value for value in STEADY)
    later, _ = stored(tmp_path, [runner("a", slower), runner("b", STEADY[::-1])])
    found = compare_folders(earlier, later)
    assert rows(found)["a"]["verdict"] == "slower"
    # Deviation 0.0071 of six logarithms each; two ratios at 2.532 % each: t(10) = 2.63.
    assert rows(found)["a"]["ratio"].startswith("1.200 (1.187–")
    assert rows(found)["a"]["earlier, s"].startswith("0.1000 (0.0993–")
    assert rows(found)["b"]["verdict"].startswith("same within ")
    assert found.remarks == []
    back = rows(compare_folders(later, earlier))
    assert [back[label]["verdict"] for label in "ab"] == ["faster", rows(found)["b"]["verdict"]]


def test_too_few_rounds_are_inconclusive(tmp_path: Path) -> None:
    earlier, _ = stored(tmp_path, [runner("a", STEADY[:1])])
    later, _ = stored(tmp_path, [runner("a", (0.2, 0.21, 0.2))])
    found = compare_folders(earlier, later)
    assert rows(found)["a"]["verdict"] == "inconclusive"
    assert found.remarks == ["At least 2 rounds in each run are needed to show a difference."]


def test_what_the_later_run_calls_the_same_counts(tmp_path: Path) -> None:
    earlier, run = stored(tmp_path, [runner("a", STEADY)])
    strict = run.settings.model_copy(update={"same_within": 0.001})
    later, _ = stored(tmp_path, [runner("a", STEADY[::-1])], settings=strict)
    assert rows(compare_folders(earlier, later))["a"]["verdict"].startswith(
        "no difference shown (<"
    )
    assert rows(compare_folders(later, earlier))["a"]["verdict"].startswith("same within ")


def test_runs_of_unlike_lengths(tmp_path: Path) -> None:
    earlier, _ = stored(tmp_path, [runner("a", STEADY * 2)])
    later, _ = stored(tmp_path, [runner("a", (0.2, 0.21, 0.2, 0.205))])
    assert rows(compare_folders(earlier, later))["a"]["verdict"] == "slower"


def test_what_differs_between_the_runs_is_named(tmp_path: Path) -> None:
    earlier, run = stored(tmp_path, [runner("a", STEADY, code="Keras 3.1"), runner("b", STEADY)])
    machine = run.machine.model_dump() | {"cpu": "Another processor"}
    later, _ = stored(
        tmp_path,
        [runner("a", STEADY, code="Keras 3.2"), runner("c", STEADY)],
        machine=Machine(**machine),
        weights=run.weights.model_copy(update={"sha256": "f" * 64}),
        settings=run.settings.model_copy(update={"threads": 1}),
    )
    remarks = " ".join(compare_folders(earlier, later).remarks)
    for words in (
        "The runs differ in machine: A processor",
        "Another processor",
        "The runs differ in weights: synthetic:0 (0123456789ab) (earlier)",
        "The runs differ in threads: 2 (earlier), 1 (later).",
        "a ran Keras 3.1 (earlier), Keras 3.2 (later).",
        "b is left out: it did not run or failed parity in the later run.",
        "c is left out: it did not run or failed parity in the earlier run.",
    ):
        assert words in remarks


def test_a_wrong_answer_is_not_compared(tmp_path: Path) -> None:
    earlier, _ = stored(tmp_path, [runner("a", STEADY)])
    later, _ = stored(tmp_path, [runner("a", STEADY)], verdict="divergent")
    found = compare_folders(earlier, later)
    assert found.table.rows == ()
    assert "failed parity in the later run" in found.remarks[0]


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    path, run = stored(tmp_path, [runner("a", STEADY)])
    other, _ = stored(tmp_path, [runner("a", STEADY)], model="vgg16")
    with pytest.raises(InputError, match=r"model vgg16-tiny in .*, vgg16 in"):
        compare_folders(path, other)
    layers = run.settings.model_copy(update={"layers": ["fc7"]})
    other, _ = stored(tmp_path, [runner("a", STEADY)], settings=layers)
    with pytest.raises(InputError, match=r"layers fc6,fc7 in .*, fc7 in"):
        compare_folders(path, other)
    with pytest.raises(UsageError, match="--phase 'sleep' is not one of startup, load"):
        compare_folders(path, path, "sleep")
    assert rows(compare_folders(path, path, "load"))["a"]["ratio"] == "1.00 (1.00–1.00)"


def test_the_list_of_runs(tmp_path: Path) -> None:
    _, run = stored(tmp_path, [runner("a", STEADY), runner("b", STEADY[:2])])
    (tmp_path / "20990101T000000Z-abcdef").mkdir()
    (tmp_path / "20990101T000000Z-abcdef" / "run.json").write_text(json.dumps({"x": 1}))
    (tmp_path / "notes.txt").write_text("no run")
    (tmp_path / "empty").mkdir()
    table = history(tmp_path)
    assert [row[:4] for row in table.rows[:2]] == [
        (run.run_id, "vgg16-tiny", "a", "pass"),
        (run.run_id, "vgg16-tiny", "b", "pass"),
    ]
    assert [row[5] for row in table.rows[:2]] == ["6", "2"]
    assert len(table.rows) == 3 and "cannot be read" in table.rows[2][2]
    with pytest.raises(InputError, match="is not a folder"):
        history(tmp_path / "none")
