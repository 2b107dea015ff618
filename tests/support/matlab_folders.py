"""Folders that look like MATLAB's, and interpreters that look as if they had its engine."""

from __future__ import annotations

import sys
from pathlib import Path


def make_matlab(root: Path, release: str | None = None, bracketed: bool = False) -> Path:
    """MATLAB's program and, if its release is given, the file that says it."""
    (root / "bin" / "glnxa64").mkdir(parents=True)
    (root / "bin" / "glnxa64" / "MATLAB").touch()
    program = root / "bin" / "matlab"
    program.write_text("#!/bin/sh\necho this is no MATLAB >&2\nexit 1\n")
    program.chmod(0o755)
    if release is not None:
        (root / "VersionInfo.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<MathWorks_version_info>\n'
            "  <version>1.2.3.4</version>\n"
            f"  <release>{f'({release})' if bracketed else release}</release>\n"
            "</MathWorks_version_info>\n"
        )
    return root


def make_python(folder: Path, name: str, version: str) -> Path:
    """This Python, with a package of that name in a folder that only it looks in."""
    info = folder / "packages" / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    python = folder / "own-python"
    python.write_text(
        f'#!/bin/sh\nPYTHONPATH="{folder / "packages"}" exec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    return python
