"""A `matlabengine` source package, made so that it looks like MathWorks'.

The package's build looks for its MATLAB as the real one does, through LD_LIBRARY_PATH, and notes
where it is. What it installs is the stand-in, which has Octave carry the calls out.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

STANDIN = Path(__file__).resolve().parents[1] / "matlab" / "engine_standin"

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

BACKEND = '''\
"""Builds the wheel, once it has found its MATLAB."""

import os
import zipfile
from pathlib import Path

RELEASE, VERSION = {release!r}, {version!r}


def build_wheel(folder, settings=None, metadata=None):
    root = find_matlab()
    name = "matlabengine-" + VERSION + "-py3-none-any.whl"
    info = "matlabengine-" + VERSION + ".dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for file in sorted(Path("src").rglob("*.py")):
            wheel.writestr(file.relative_to("src").as_posix(), file.read_text())
        wheel.writestr("matlab/engine/_arch.txt", str(root) + "\\n")
        wheel.writestr(info + "METADATA", Path("PKG-INFO").read_text())
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n"
                       "Tag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name


def find_matlab():
    for folder in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep):
        root = Path(folder).parents[1] if folder.endswith("bin/glnxa64") else None
        if root and (Path(folder) / "MATLAB").is_file():
            if "<release>" + RELEASE + "<" in (root / "VersionInfo.xml").read_text():
                return root
    raise RuntimeError("MATLAB " + RELEASE + " installation not found")
'''


def make_package(folder: Path, release: str, version: str) -> Path:
    """`matlabengine-VERSION.tar.gz` in a folder that pip and uv can be told to look in."""
    metadata = f"Metadata-Version: 2.1\nName: matlabengine\nVersion: {version}\n"
    files = {
        "PKG-INFO": metadata,
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND.format(release=release, version=version),
    }
    for file in sorted((STANDIN / "matlab").rglob("*.py")):
        files[f"src/{file.relative_to(STANDIN).as_posix()}"] = file.read_text()
    package = folder / f"matlabengine-{version}.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"matlabengine-{version}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return package
