"""What users install and what developers install have the same versions, from one statement."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_DEVELOPERS_ALONE = {"hypothesis", "mypy", "playwright", "pytest", "ruff", "sphinx"}


def pins(name: str) -> set[str]:
    """The packages of a list, each with its version, its marker and its hashes."""
    text = (ROOT / "harness" / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.split(r"\n(?=\S)", text.strip()))


def names(lines: set[str] | list[str]) -> set[str]:
    """Names as the package index writes them."""
    found = {re.match(r"[A-Za-z0-9._-]+", line)[0] for line in lines}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def group(name: str) -> list[str]:
    """What a dependency group holds, with those that it includes."""
    found: list[str] = []
    for entry in PROJECT["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return found


def test_users_get_the_versions_that_developers_test_with() -> None:
    assert pins("requirements") < pins("requirements-dev")


def test_both_lists_have_what_the_project_states() -> None:
    needed = names(PROJECT["project"]["dependencies"])
    assert needed | names(group("build")) <= names(pins("requirements"))
    extras = PROJECT["project"]["optional-dependencies"]
    tested = [*extras["notebook"], *extras["transfer"], *extras["cluster"], *group("dev")]
    assert names(tested) <= names(pins("requirements-dev"))


def test_a_user_gets_no_tool_of_developers() -> None:
    assert names(group("dev")) >= _DEVELOPERS_ALONE
    assert not names(pins("requirements")) & _DEVELOPERS_ALONE


def test_every_pin_has_a_hash_and_no_address() -> None:
    for pin in pins("requirements-dev"):
        assert "--hash=sha256:" in pin and "://" not in pin
