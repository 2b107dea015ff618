"""Which `matlabengine` and which Pythons each release of MATLAB needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"R(20\d\d)([ab])")
# The oldest release in which `matlab/extract_features.m` runs.
OLDEST = "R2018b"


@dataclass(frozen=True)
class Release:
    """One release of MATLAB.

    Attributes:
        name: such as R2024a.
        version: that of MATLAB and of its `matlabengine`.
        pythons: the versions of Python 3 that the engine supports, oldest first.
        on_index: whether its `matlabengine` is on the Python Package Index; if not, it is
            installed from `extern/engines/python` in MATLAB's folder.
        aliases: other versions under which its `matlabengine` was published.
        known: whether it is in the table below; if not, it was inferred from its name.
    """

    name: str
    version: str
    pythons: tuple[str, ...]
    on_index: bool = True
    aliases: tuple[str, ...] = ()
    known: bool = True

    @property
    def requirement(self) -> str:
        """The requirement to install."""
        return f"matlabengine=={self.version}.*"

    @property
    def python(self) -> str:
        """The supported versions of Python as a specifier."""
        major, minor = self.pythons[-1].split(".")
        return f">={self.pythons[0]},<{major}.{int(minor) + 1}"

    @property
    def python_words(self) -> str:
        """The supported versions of Python for a message."""
        return f"{self.pythons[0]} to {self.pythons[-1]}"

    def owns(self, engine: str) -> bool:
        """Whether an engine of this version, or of this name, is that of this release."""
        # Installed by MATLAB's own setup.py, the version is the name of the release.
        versions = (self.version, *self.aliases)
        return engine == self.name or ".".join(engine.split(".")[:2]) in versions


def _minors(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"3.{minor}" for minor in range(first, last + 1))


# Pythons: MathWorks, "Versions of Python Compatible with MATLAB Products by Release"
# (support/requirements/python-compatibility). Versions, and everything about R2026a and R2026b:
# VER_TO_REL and SUPPORTED_PYTHON_VERSIONS in setup.py of matlabengine 26.1.12 and 26.2.5. The
# package index has 9.9 (R2020b) and everything later; tests/matlab/test_engine_package.py compares.
RELEASES = (
    Release("R2018b", "9.5", _minors(5, 6), on_index=False),
    Release("R2019a", "9.6", _minors(5, 7), on_index=False),
    Release("R2019b", "9.7", _minors(6, 7), on_index=False),
    Release("R2020a", "9.8", _minors(6, 7), on_index=False),
    Release("R2020b", "9.9", _minors(6, 8)),
    Release("R2021a", "9.10", _minors(7, 8)),
    Release("R2021b", "9.11", _minors(7, 9)),
    Release("R2022a", "9.12", _minors(8, 9)),
    Release("R2022b", "9.13", _minors(8, 10)),
    Release("R2023a", "9.14", _minors(8, 10)),
    Release("R2023b", "23.2", _minors(9, 11), aliases=("9.15",)),
    Release("R2024a", "24.1", _minors(9, 11)),
    Release("R2024b", "24.2", _minors(9, 12)),
    Release("R2025a", "25.1", _minors(9, 12)),
    Release("R2025b", "25.2", _minors(9, 12)),
    Release("R2026a", "26.1", _minors(9, 13)),
    Release("R2026b", "26.2", _minors(10, 14)),
)


def release_named(name: str) -> Release | None:
    """The release of that name; None if it is older than `OLDEST` or not a release's name.

    For a release newer than the table, the version is inferred from the name (R2027a is 27.1, by
    the rule since R2023b), and the Pythons are those of the newest in the table.
    """
    for release in RELEASES:
        if release.name == name:
            return release
    match = _NAME.fullmatch(name)
    newest = RELEASES[-1]
    if match is None or name < newest.name:
        return None
    version = f"{int(match[1]) - 2000}.{'ab'.index(match[2]) + 1}"
    return Release(name, version, newest.pythons, known=False)


def release_of_engine(engine: str) -> Release | None:
    """The release of an installed engine; None if the table does not have it."""
    return next((release for release in RELEASES if release.owns(engine)), None)
