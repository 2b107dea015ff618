"""A stored diagnosis is read, and a damaged one is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netparity.results.diagnosis import FILE, StoredDiagnosis, stored_diagnoses
from netparity.results.folder import RunFolder


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path)


def test_each_runner_has_its_lines(store: RunFolder) -> None:
    store.write_text(FILE, json.dumps([{"label": "a", "diagnosis": None, "text": ["x", "  y"]}]))
    assert stored_diagnoses(store) == [StoredDiagnosis("a", ["x", "  y"])]


def test_without_a_file_or_a_folder_there_is_none(store: RunFolder) -> None:
    assert stored_diagnoses(store) == stored_diagnoses(None) == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", "3", "[" * 100_000, '["a"]', '[{"label": 1, "text": []}]', '[{"label": "a"}]'],
)
def test_a_damaged_file_is_none(store: RunFolder, text: str) -> None:
    store.write_text(FILE, text)
    assert stored_diagnoses(store) == []


def test_what_is_no_sentence_is_left_out(store: RunFolder) -> None:
    store.write_text(FILE, json.dumps([{"label": "a", "text": ["x", 3, None, ["y"]]}]))
    assert stored_diagnoses(store) == [StoredDiagnosis("a", ["x"])]
