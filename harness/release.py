"""Build wheel and sdist, and check them as a user would meet them.

    python harness/release.py [dist]

A line for each step; the first that fails ends it with its log. Nothing is uploaded: see
.github/workflows/release.yml.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from release_contents import problems
from release_trial import plain_environment, trial

ROOT = Path(__file__).resolve().parents[1]
_MOST_LOG = 8000


class FailedError(Exception):
    """A step that failed, with its log."""


def main(dist: Path) -> None:
    """Do every step, or exit with the log of the one that failed."""
    try:
        release(dist)
    except (FailedError, ValueError, KeyError) as error:
        sys.exit(f"✗ {error}")


def release(dist: Path) -> None:
    """Build into a folder and check what was built.

    Raises:
        FailedError: with the log of the command that failed.
        ValueError: for anything else that is not as it should be.
    """
    version = version_of(ROOT)
    epoch = commit_time()
    tracked = output(["git", "ls-files"]).splitlines()
    with step(f"netparity {version} from a commit") as remark:
        if changed := output(["git", "status", "--porcelain"]):
            raise ValueError(f"commit these first, or remove them:\n{changed}")
        remark(output(["git", "log", "-1", "--format=%h %s"]).strip())
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        with step("wheel and sdist") as remark:
            shutil.rmtree(dist, ignore_errors=True)
            archives = build(ROOT, dist, epoch)
            remark(", ".join(f"{path.name} {path.stat().st_size:,} B" for path in archives))
        with step("built again, byte for byte the same; the sdist makes the same wheel"):
            check_same(archives, build(ROOT, work / "again", epoch))
            check_same(archives[1:], build(unpacked(archives[0], work), work / "sdist", epoch)[1:])
        with step("twine check"):
            command([sys.executable, "-m", "twine", "check", "--strict", *archives])
        with step("contents: tracked files alone, licence, extractors, no weights"):
            if found := [line for path in archives for line in problems(path, tracked)]:
                raise ValueError("\n".join(found))
        for archive in reversed(archives):  # the wheel first, as most users install it
            folder = work / f"trial{archive.suffix}"
            folder.mkdir()
            try_out(archive, version, folder)
    print(f"✓ {dist} is ready")


def version_of(root: Path) -> str:
    """The version, which its file, CITATION.cff and the newest heading of CHANGELOG.md share.

    Raises:
        ValueError: if they differ.
    """
    places = {
        "harness/netparity/_version.py": r'^__version__ = "(.+)"$',
        "CITATION.cff": r"^version: (\S+)$",
        "CHANGELOG.md": r"^## \[?(\d[^\]\s]*)",
    }
    found = {}
    for name, pattern in places.items():
        match = re.search(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE)
        found[name] = match[1] if match else "no version"
    if len(set(found.values())) > 1:
        said = ", ".join(f"{name} says {version}" for name, version in found.items())
        raise ValueError(f"the versions differ: {said}")
    return found["CITATION.cff"]


def build(source: Path, folder: Path, epoch: str) -> list[Path]:
    """Make an sdist and a wheel; files inside have the time of the commit."""
    environment = {**plain_environment(), "SOURCE_DATE_EPOCH": epoch}
    builder = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    command(builder, folder=source, environment=environment)
    [sdist], [wheel] = list(folder.glob("*.tar.gz")), list(folder.glob("*.whl"))
    return [sdist, wheel]


def unpacked(sdist: Path, work: Path) -> Path:
    """The folder that an sdist holds."""
    with tarfile.open(sdist) as opened:
        opened.extractall(work / "unpacked", filter="data")
    [folder] = (work / "unpacked").iterdir()
    return folder


def check_same(first: Sequence[Path], second: Sequence[Path]) -> None:
    """Raise ValueError unless two builds have the same bytes."""
    for one, other in zip(first, second, strict=True):
        if (one.name, one.read_bytes()) != (other.name, other.read_bytes()):
            raise ValueError(f"{other} differs from {one}")


def try_out(archive: Path, version: str, folder: Path) -> None:
    """Use an archive in an empty environment, with a line for each job that it did."""

    def run(arguments: Sequence[object], right: Sequence[int] = (0,)) -> str:
        return command(arguments, folder=folder, environment=plain_environment(), right=right)

    begun = time.monotonic()
    for done in trial(archive.resolve(), version, folder, run):
        print(f"✓ {archive.name}: {done} ({time.monotonic() - begun:.0f} s)", flush=True)
        begun = time.monotonic()


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Print a line at the end of a step that did not fail, with the remarks that it made."""
    begun, remarks = time.monotonic(), list[str]()
    yield remarks.append
    said = "".join(f": {remark}" for remark in remarks)
    print(f"✓ {title}{said} ({time.monotonic() - begun:.0f} s)", flush=True)


def commit_time() -> str:
    """SOURCE_DATE_EPOCH: as set, or the time of the commit, in seconds since 1970."""
    return os.environ.get("SOURCE_DATE_EPOCH") or output(["git", "log", "-1", "--format=%ct"])


def output(arguments: Sequence[str]) -> str:
    """What a command prints in the checkout."""
    return command(arguments, folder=ROOT).rstrip("\n")


def command(
    arguments: Sequence[object],
    folder: Path = ROOT,
    environment: dict[str, str] | None = None,
    right: Sequence[int] = (0,),
) -> str:
    """Run a command and return its standard output.

    Raises:
        FailedError: with what it printed, unless it ends with one of the exit codes in `right`.
    """
    words = [str(argument) for argument in arguments]
    done = subprocess.run(
        words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode not in right:
        log = (done.stdout + done.stderr)[-_MOST_LOG:]
        raise FailedError(f"exit code {done.returncode} of: {' '.join(words)}\n{log}")
    return done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
