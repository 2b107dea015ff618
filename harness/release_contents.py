"""What a wheel and an sdist of netparity must hold, and what they must not."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

MOST_BYTES = {".whl": 4 * 2**20, ".gz": 12 * 2**20}
"""More than these would hold something that does not belong there."""

WEIGHTS = {".h5", ".hdf5", ".keras", ".pth", ".pt", ".onnx", ".safetensors", ".caffemodel"}
NEEDED_IN_WHEEL = (
    "netparity/py.typed",
    "netparity/inputs/sample.png",
    "netparity/report/page/page.html",
    "netparity/_extractors/python/extract_keras3.py",
    "netparity/_extractors/python/requirements/keras2-theano.txt",
    "netparity/_extractors/matlab/extract_features.m",
)
NEEDED_IN_SDIST = ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO")
_MADE = re.compile(r"netparity-[^/]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt)|PKG-INFO")
_LICENCE = re.compile(r"netparity-[^/]+\.dist-info/licenses/(.+)")


def problems(archive: Path, tracked: Collection[str]) -> list[str]:
    """Everything that is wrong with an archive, in sentences.

    Args:
        archive: a wheel or an sdist.
        tracked: the paths of the files in the repository.
    """
    return list(_problems(archive, members(archive), set(tracked)))


def members(archive: Path) -> dict[str, int]:
    """Path to size of each file; those of an sdist without its top folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return {info.filename: info.file_size for info in opened.infolist()}
    with tarfile.open(archive) as opened:
        return {member.name.partition("/")[2]: member.size for member in opened if member.isfile()}


def source_of(name: str) -> str:
    """The file in the repository that a member of an archive is made from."""
    if licence := _LICENCE.fullmatch(name):
        return licence[1]
    if name.startswith("netparity/_extractors/"):
        return name.removeprefix("netparity/_extractors/")
    return f"harness/{name}" if name.startswith("netparity/") else name


def _problems(archive: Path, found: dict[str, int], tracked: set[str]) -> Iterator[str]:
    name, size = archive.name, archive.stat().st_size
    most = MOST_BYTES[archive.suffix]
    if size > most:
        yield f"{name} has {size:,} bytes; at most {most:,} are expected"
    wheel = archive.suffix == ".whl"
    for needed in NEEDED_IN_WHEEL if wheel else NEEDED_IN_SDIST:
        if needed not in found:
            yield f"{name} lacks {needed}"
    if wheel and not any(_LICENCE.fullmatch(member) for member in found):
        yield f"{name} lacks the licence"
    for member in sorted(found):
        if _MADE.fullmatch(member):
            continue
        if source_of(member) not in tracked:
            yield f"{name} holds {member}, which is not in the repository"
        elif PurePosixPath(member).suffix in WEIGHTS and not member.startswith("tests/"):
            yield f"{name} holds weights: {member}"
