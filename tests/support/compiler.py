"""A g++ that remembers what it compiled for Theano, so that a cold compile cache costs less.

Its memory outlives the session, in the user's cache.

    python compiler.py REAL_COMPILER MEMORY_FOLDER ARGUMENTS...

Theano sees a compiler that is quick. It is given the same bytes for the same code and arguments;
all else is left to the real compiler.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

_KEPT_SECONDS = 30 * 24 * 3600.0


def install(folder: Path, memories: Path) -> Path | None:
    """Make `folder`/g++, whose memory is a folder in `memories`; None if there is no compiler."""
    real = shutil.which("g++")
    if real is None:
        return None
    memory = memories / built_for(real)
    memory.mkdir(exist_ok=True)
    _forget(memory)
    program = folder / "g++"
    program.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I -S "{__file__}" "{real}" "{memory}" "$@"\n'
    )
    program.chmod(0o755)
    return folder


def built_for(compiler: str) -> str:
    """A name for what decides, besides the code and the arguments, what the compiler makes."""
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True).stdout
    about = Path("/proc/cpuinfo").read_text().splitlines()
    # What -march=native means here.
    processor = next((line for line in about if line.startswith(("flags", "Features"))), "")
    return hashlib.sha256(version + " ".join(sorted(processor.split())).encode()).hexdigest()[:16]


def _forget(memory: Path) -> None:
    """Remove what no session has used for a month."""
    for kept in memory.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another worker was quicker
            if time.time() - kept.stat().st_mtime > _KEPT_SECONDS:
                kept.unlink()


def main(real: str, memory: Path, arguments: list[str]) -> int:
    """Compile, or copy what came of the same before."""
    sources = [word for word in arguments if word.endswith("/mod.cpp")]
    if "-shared" not in arguments or "-o" not in arguments or len(sources) != 1:
        os.execv(real, [real, *arguments])
    output = arguments[arguments.index("-o") + 1]
    rest = [word for word in arguments if word not in (output, sources[0])]
    code = Path(sources[0]).read_bytes()
    kept = memory / hashlib.sha256("\0".join(rest).encode() + b"\0" + code).hexdigest()
    if kept.exists():
        shutil.copyfile(kept, output)
        os.utime(kept)
        return 0
    done = subprocess.run([real, *arguments])
    if done.returncode == 0:
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copyfile(output, draft)
        draft.replace(kept)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
