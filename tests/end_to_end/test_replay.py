"""netparity replay on the real old and new tools, as the tutorial and other pages show it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, here
from tests.support.pages import blocks
from tests.support.reader import TUTORIALS, Reader

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = TUTORIALS / "reproduce-2017.md"
REFERENCE = ROOT / "results" / "reference"
KEYS = [
    "image_data_format",
    "predict time",
    "preprocessing time",
    "load time",
    "image_dim_ordering",
]


def test_the_replay_does_what_the_documentation_says(
    every_tool: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    [words] = next(block for block in blocks(TUTORIAL) if block.is_commands).commands()
    assert words[:4] == ["netparity", "replay", "--model", "vgg16-tiny"]
    done = subprocess.run(
        [*COMMAND, *words[1:], "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    [folder] = (tmp_path / words[-1]).iterdir()
    assert json.loads((folder / "replay.json").read_text()) == found
    by_name = {outcome["experiment"]: outcome for outcome in found["outcomes"]}
    assert len(by_name) == 7 and all(each["as_documented"] for each in by_name.values())
    for outcome in by_name.values():
        assert list(outcome["form"]) == KEYS
        assert outcome["form"]["load time"] > 0
    failed = by_name["Keras/Theano, two settings"]
    assert failed["code"] == "Keras 2.0.4 on Theano 1.0.5"
    assert failed["error"].startswith("ValueError: Input dimension mis-match.")
    assert failed["form"]["predict time"] is None
    assert (failed["kernel_shape"], by_name["… in Keras 2.0.5"]["kernel_shape"]) == (
        "3x4x3x3",
        "3x3x3x4",
    )
    assert_cold_then_warm(folder / found["once"], folder / found["repeated"])
    assert_tutorial_shows(found["outcomes"])
    # Both runs can be opened by the other commands.
    for run in (found["once"], found["repeated"]):
        assert here("report", folder / run).exit_code == 0
    reader = Reader(tmp_path, {}, monkeypatch)
    reader.follow(TUTORIAL.name, after=1)
    assert (reader.ran, reader.not_run) == (1, [])


def assert_tutorial_shows(outcomes: list[dict[str, Any]]) -> None:
    """The tutorial's table has the experiments, kernels and outcomes of the replay."""
    text = TUTORIAL.read_text(encoding="utf-8").replace("**", "").replace("×", "x")
    for outcome in outcomes:
        result = "loads, fails at predict" if outcome["error"] else "runs, features agree"
        kernel = outcome["kernel_shape"] or "–"
        assert f"| {outcome['experiment']} | {kernel} | {result} |" in text
        assert outcome["error"] is None or outcome["error"].splitlines()[0] in text


def assert_cold_then_warm(once: Path, repeated: Path) -> None:
    """Each process had a compile cache of its own once; then all found what was compiled."""
    cold, warm = (
        {
            record["label"]: record
            for record in json.loads((folder / "run.json").read_text())["runners"]
            if record["label"].startswith("keras2-theano")
        }
        for folder in (once, repeated)
    )
    assert warm.keys() < cold.keys()
    for record in cold.values():
        assert record["flags"]["compile_cache"] == "cold"
        assert int(record["flags"]["modules_compiled"]) > 3
        assert not ((once / record["rounds"][0]["log"]).parent / "scratch").exists()
    for record in warm.values():
        assert record["flags"]["compile_cache"] == "warm"
        assert record["flags"]["modules_compiled"] == "0"


def test_the_committed_run_is_as_documented():
    found = json.loads((REFERENCE / "replay" / "replay.json").read_text(encoding="utf-8"))
    assert {each["as_documented"] for each in found["outcomes"]} == {True}
    assert all(path.stat().st_size < 2**19 for path in REFERENCE.rglob("*") if path.is_file())
    assert not list(REFERENCE.rglob("*.npy"))


@pytest.mark.parametrize("page", ["2017.md", "transfer.md"])
def test_every_figure_with_an_interval_is_one_of_the_committed_run(page: str):
    known = "".join(path.read_text(encoding="utf-8") for path in REFERENCE.rglob("*.md"))
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    quoted = re.findall(r"[\d.]+(?: %)? \([\d.]+–[\d.]+\)", text)
    assert len(quoted) > 8
    assert [figure for figure in quoted if figure not in known] == []
