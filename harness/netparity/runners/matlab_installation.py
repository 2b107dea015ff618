"""Where MATLAB is and which release it is, without starting it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netparity.runners.matlab_releases import OLDEST, Release, release_named

# The default of MathWorks' installer for Linux.
DEFAULT_FOLDER = Path("/usr/local/MATLAB")
# Where MathWorks' installers, and many laboratories, put MATLAB.
_USUAL_FOLDERS = (
    (str(DEFAULT_FOLDER), "R20*"),
    ("/opt/MATLAB", "R20*"),
    ("/opt/matlab", "R20*"),
    ("~/MATLAB", "R20*"),
    ("/Applications", "MATLAB_R20*.app"),
)
_RELEASE = re.compile(r"R20\d\d[ab]")
# Matched by pattern and not parsed, so that nothing in the file is expanded or fetched.
_RELEASE_ELEMENT = re.compile(rb"<release>\s*\(?(R20\d\d[ab])\)?\s*</release>")
_MAX_VERSION_INFO_BYTES = 65536


@dataclass(frozen=True)
class Matlab:
    """A MATLAB on this machine.

    Attributes:
        root: its folder, which MATLAB calls `matlabroot`.
        release_name: such as R2024a; None if neither `VersionInfo.xml` nor the folder gives it.
    """

    root: Path
    release_name: str | None

    @property
    def release(self) -> Release | None:
        """What is known about its release; None if it is too old or unknown."""
        return release_named(self.release_name) if self.release_name else None

    @property
    def too_old(self) -> bool:
        """Whether it is older than the oldest supported release."""
        return self.release_name is not None and self.release_name < OLDEST

    @property
    def words(self) -> str:
        """Its release and folder, for a message."""
        if self.release_name is None:
            return f"MATLAB is at {self.root}"
        return f"MATLAB {self.release_name} is at {self.root}"

    @property
    def libraries(self) -> Path:
        """The folder with its shared libraries and its actual program."""
        bin_folder = self.root / "bin"
        found = (bin_folder / name for name in ("glnxa64", "linux-arm-64", "maca64", "maci64"))
        return next((folder for folder in found if folder.is_dir()), bin_folder / "glnxa64")


def find_matlab() -> Matlab | None:
    """MATLAB from `MATLAB_ROOT`, from the PATH, or the newest in the usual folders.

    If `MATLAB_ROOT` is set but has no MATLAB, the result is None and not another MATLAB.
    """
    if named := os.environ.get("MATLAB_ROOT"):
        root = Path(named).expanduser().absolute()
        return _look_at(root) if _is_matlab(root) else None
    on_path = _on_path()
    if on_path is not None and on_path.release_name is not None:
        return on_path
    # `matlab` on the PATH may be a script that starts one of these.
    usual = sorted(_in_usual_folders(), key=lambda each: each.release_name or "")
    return usual[-1] if usual else on_path


def why_none() -> tuple[str, str]:
    """Why `find_matlab` found none, and how to fix it."""
    if named := os.environ.get("MATLAB_ROOT"):
        return (
            f"no MATLAB was found: MATLAB_ROOT={named} has no bin/matlab",
            "set MATLAB_ROOT to what `matlabroot` prints in MATLAB, or unset it",
        )
    folders = ", ".join(folder for folder, _ in _USUAL_FOLDERS)
    return (
        f"no MATLAB was found (MATLAB_ROOT, PATH, {folders})",
        "install MATLAB, or set MATLAB_ROOT to its folder",
    )


def _is_matlab(root: Path) -> bool:
    try:
        return (root / "bin" / "matlab").is_file()
    except OSError:
        return False


def _look_at(root: Path) -> Matlab:
    return Matlab(root, _release_written_in(root) or _release_in_name(root))


def _release_written_in(root: Path) -> str | None:
    try:
        with (root / "VersionInfo.xml").open("rb") as file:
            found = _RELEASE_ELEMENT.search(file.read(_MAX_VERSION_INFO_BYTES))
    except OSError:
        return None
    return found[1].decode() if found else None


def _release_in_name(root: Path) -> str | None:
    found = _RELEASE.search(root.name) or _RELEASE.search(root.resolve().name)
    return found[0] if found else None


def _on_path() -> Matlab | None:
    program = shutil.which("matlab")
    return _look_at(Path(program).resolve().parents[1]) if program else None


def _in_usual_folders() -> Iterator[Matlab]:
    for folder, pattern in _USUAL_FOLDERS:
        for root in Path(folder).expanduser().glob(pattern):
            if _is_matlab(root):
                yield _look_at(root)
