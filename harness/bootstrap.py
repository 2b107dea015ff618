"""Make the harness's own environment on a machine that has only Python.

    python3 harness/bootstrap.py .venv

Standard library only. Debian and Ubuntu ship Python without the package that makes environments;
it is installed where that is allowed, otherwise the command for it is printed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)


def main() -> None:
    """Make or update the environment whose folder is the only argument."""
    if len(sys.argv) != 2:
        sys.exit("usage: python3 harness/bootstrap.py FOLDER")
    if sys.version_info < OLDEST:
        use_newer_python()
    folder = Path(sys.argv[1]).absolute()
    python = folder / "bin" / "python"
    print(f"Making the harness's environment in {folder.name}", flush=True)
    if not works(python):
        make_environment(folder)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    pins = str(ROOT / "harness" / "requirements.txt")
    run([*pip, "--require-hashes", "--requirement", pins])
    run([*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    (folder / "made").touch()


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
    run([sys.executable, "-m", "venv", str(folder)])


def install_venv() -> None:
    """Install Debian's package with ensurepip, or exit with the command that does."""
    package = f"python3.{sys.version_info.minor}-venv"
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
            sys.exit(f"Python cannot make environments here; run: sudo apt-get install {package}")
        command = [sudo, "-n", *command]
    print(f"Installing {package}", flush=True)
    run([*command[: command.index("install")], "update", "-q"])
    run(command)


def run(command: list[str]) -> None:
    """Run a command, and exit if it fails."""
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    if status:
        sys.exit(f"this failed with exit status {status}: {' '.join(command)}")


if __name__ == "__main__":
    main()
