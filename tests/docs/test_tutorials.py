"""Whoever follows a tutorial sees what it shows; see also tests/end_to_end/test_replay.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.reader import TUTORIALS, Reader

HERE = {"pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", "."]}


def test_a_network_is_ported_and_proved(
    pytorch_python: str,
    onnxruntime_python: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = Reader(tmp_path, {**HERE, "python": [pytorch_python]}, monkeypatch)
    reader.follow("port-a-network.md")
    assert (reader.ran, len(reader.not_run)) == (9, 1)


def test_a_table_for_a_paper_is_made(
    onnxruntime_python: str, opencv_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(tmp_path, {}, monkeypatch)
    reader.follow("table-for-a-paper.md")
    assert (reader.ran, len(reader.not_run)) == (9, 1)
    assert (tmp_path / "phases.pdf").read_bytes().startswith(b"%PDF")


def test_every_tutorial_is_followed_by_a_test() -> None:
    assert {page.name for page in TUTORIALS.glob("*.md")} == {
        "port-a-network.md",
        "reproduce-2017.md",  # tests/end_to_end/test_replay.py
        "table-for-a-paper.md",
    }
