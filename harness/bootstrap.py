"""Make the harness's own environment on a machine that has only Python.

    python3 harness/bootstrap.py .venv          what netparity needs to run
    python3 harness/bootstrap.py --dev .venv    what its tests and checks need, too

Standard library only. Debian and Ubuntu ship Python without the package that makes environments;
it is installed where that is allowed, otherwise the command for it is printed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
LOG_TAIL_LINES = 20

# Megabytes to download and on disk, about: what `make compare` installs, and what developers add.
NETPARITY, DEVELOPMENT = (170, 600), (115, 500)
RUNNERS = (410, 1815)  # the environments of the usual runners
SYSTEM = (220, 940)  # Octave, OpenBLAS and a C++ compiler, where they are missing
WEIGHTS = (0, 1600)  # files of synthetic weights, one for each kind of tool


def main() -> None:
    """Make or update the environment whose folder is the last argument."""
    arguments = sys.argv[1:]
    development = arguments[:1] == ["--dev"]
    if len(arguments) != 1 + development:
        sys.exit("usage: python3 harness/bootstrap.py [--dev] FOLDER")
    if sys.version_info < OLDEST:
        use_newer_python()
    folder = Path(arguments[-1]).absolute()
    marker = folder / ("made-dev" if development else "made")
    python = folder / "bin" / "python"
    if not works(python):
        make_environment(folder)
    announce(folder, marker, development)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    pins = ROOT / "harness" / ("requirements-dev.txt" if development else "requirements.txt")
    total = len(re.findall(r"^\S+==", pins.read_text(encoding="utf-8"), re.MULTILINE))
    run([*pip, "--require-hashes", "--requirement", str(pins)], folder.name, total)
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], folder.name)
    marker.touch()


def announce(folder: Path, marker: Path, development: bool) -> None:
    """Say what will be downloaded, the first time also by what follows."""
    download, disk = DEVELOPMENT if development else NETPARITY
    what = "the developers' packages" if development else "netparity's own environment"
    print(f"{folder.name}: {what}, about {download} MB to download, {disk} MB on disk", flush=True)
    if marker.exists() or development:
        return
    sizes = (NETPARITY, RUNNERS, SYSTEM, WEIGHTS)
    download, disk = (sum(size[position] for size in sizes) for position in (0, 1))
    print(
        f"with the usual runners ({RUNNERS[0]} MB) and the system packages that are missing (up to "
        f"{SYSTEM[0]} MB), `make compare` downloads about {download} MB: {disk / 1000:.1f} GB on "
        "disk",
        flush=True,
    )


def use_newer_python() -> None:
    """Restart with the newest suitable Python on the PATH, or exit if there is none."""
    for minor in range(14, OLDEST[1] - 1, -1):
        if newer := shutil.which(f"python3.{minor}"):
            os.execv(newer, [newer, *sys.argv])
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"netparity needs Python 3.11 or later; this is {version}. Install a newer one.")


def works(python: Path) -> bool:
    """Whether an existing environment still has its Python and pip."""
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def make_environment(folder: Path) -> None:
    """Run `python -m venv`, after installing what it needs."""
    shutil.rmtree(folder, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is None:
        install_venv()
    run([sys.executable, "-m", "venv", str(folder)], folder.name)


def install_venv() -> None:
    """Install Debian's package with ensurepip, or exit with the command that does."""
    package = f"python3.{sys.version_info.minor}-venv"
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
            words = f"apt-get install {package}"
            by_hand = f"sudo {words}" if sudo else f"su -c {shlex.quote(words)}"
            sys.exit(f"Python cannot make environments here; run this, then try again: {by_hand}")
        command = [sudo, "-n", *command]
    run([*command[: command.index("install")], "update", "-q"], "the list of system packages")
    run(command, package)


def run(command: list[str], title: str, total: int = 0) -> None:
    """Run a command quietly; if it fails, show the end of its output and exit.

    Args:
        command: what to run.
        title: what is being made, for the line that shows the progress.
        total: how many packages pip is going to ask for, if it is pip.
    """
    lines: list[str] = []
    done = 0
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        show(f"installing {title}")
        for line in process.stdout:
            lines.append(line.rstrip())
            total -= line.startswith("Ignoring ")  # meant for another Python or system
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                done = min(done + 1, total)
            if total:
                show(f"installing {title}: {done} of {total} packages")
    show("")
    if process.returncode:
        print("\n".join(lines[-LOG_TAIL_LINES:]), file=sys.stderr)
        sys.exit(f"this failed with exit status {process.returncode}: {shlex.join(command)}")


def show(text: str) -> None:
    """Show the progress in a line of a terminal that the next call replaces."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nstopped; the same command goes on")
