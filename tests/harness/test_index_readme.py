"""The README of a package index has no link that leads nowhere, nor has the repository's own."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.scripts import loaded

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGET = re.compile(r'(?<!!)\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"')


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    return loaded(ROOT / "harness" / "index_readme.py")


def targets(text: str) -> list[str]:
    return [link or source for link, source in TARGET.findall(text)]


def test_the_links_of_the_repository_lead_to_files() -> None:
    relative = [each for each in targets(README) if "://" not in each and not each.startswith("#")]
    assert len(relative) > 10
    assert [each for each in relative if not (ROOT / each.partition("#")[0]).exists()] == []


def test_without_a_repository_links_are_plain_text(hook: ModuleType) -> None:
    shown = hook.on_index(README, None, "1.0.0")
    assert all("://" in each for each in targets(shown))
    assert "[a page](docs/report.md)" in README and "writes tables, plots and a page." in (
        " ".join(shown.split())
    )
    text = "[a](b.md) [c](https://d) <picture>\n<img src='e'>\n</picture>\nf"
    assert hook.on_index(text, None, "1.0.0") == "a [c](https://d) f"


def test_with_a_repository_they_lead_to_the_version(hook: ModuleType) -> None:
    shown = hook.on_index(README, "https://host/us/it", "1.0.0")
    assert "[a page](https://host/us/it/blob/v1.0.0/docs/report.md)" in shown
    assert 'src="https://host/us/it/raw/v1.0.0/docs/images/phases-light.svg"' in shown
    assert all("://" in each for each in targets(shown))
