"""What keeps the .m files running in both languages and mh_lint does not look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MATLAB = Path(__file__).resolve().parents[2] / "matlab"
FILES = sorted(MATLAB.rglob("*.m"))
SCRIPTS = {"octave_main.m"}

OCTAVE_ONLY = r"\+=|-=|\+\+|!=|#|\"|\bendif\b|\bendfor\b|\bendfunction\b|\bendwhile\b|\bprintf\("
MATLAB_ONLY = r"^\s*arguments\b|\bstring\(|\bcontains\(|\bstartsWith\(|,\s*'all'\)|\bgetReport\b"
EVALUATION = r"\b(eval|evalin|evalc|assignin|system|unix|dos|shell_cmd)\s*\("


def code(file: Path) -> str:
    """The file without comments and character arrays. A quote after a value is a transpose."""
    pieces = r"(?<![\w\)\]\}'.])'(?:[^'\n]|'')*'|%[^\n]*"
    return re.sub(pieces, lambda found: "''" if found[0][0] == "'" else "", file.read_text("ascii"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_file_is_one_function_in_the_common_language(file: Path) -> None:
    text = code(file)
    for forbidden in (OCTAVE_ONLY, MATLAB_ONLY, EVALUATION):
        assert not re.search(forbidden, text, re.MULTILINE), re.search(forbidden, text, re.M)[0]
    if file.name in SCRIPTS:
        return
    names = re.findall(r"^\s*function\s+(?:[^=\n]*=\s*)?(\w+)", text, re.MULTILINE)
    assert names == [file.stem]
    assert text.rstrip().endswith("\nend")
    assert file.read_text().splitlines()[1].startswith(f"%{file.stem.upper()} ")


def test_the_folder_is_no_python_package() -> None:
    assert not list(MATLAB.rglob("__init__.py"))
