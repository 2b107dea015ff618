"""HDF5 files of strangers are first opened by a process of their own, with little to lose.

The HDF5 library is written for files that it wrote itself: a single flipped bit can make it ask
for gigabytes, go in circles or take the process down. So a child process with little memory and
time does everything with the file but reading its values, and only a file that it survives is
opened here.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from netparity.errors import InputError
from netparity.system.launch import Command, ask

_MEMORY_BYTES = 400 * 2**20
_PROCESSOR_SECONDS, _WALL_SECONDS = 2, 20
_REFUSED, _FINE = 3, 0


def examine(path: Path) -> None:
    """Let a child process look into a file.

    Raises:
        InputError: what the child found wrong, or that it did not survive.
    """
    child = [sys.executable, "-m", "netparity.weights.examination", str(path.absolute())]
    code, said = ask(Command(child), Path.cwd(), _WALL_SECONDS)
    if code == _FINE:
        return
    if code == _REFUSED and (said := said.strip()):
        raise InputError(said.replace(str(path.absolute()), str(path)))
    raise InputError(
        f"weights {path} cannot be read as HDF5: the library fails on them or takes too long; is "
        "the file complete?"
    )


def _main(path: Path) -> int:
    """What the child does."""
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from netparity.weights.opened import recognise

    try:
        contents = recognise(path).read(path)
        for pair in contents.pairs:
            for stored in (pair.kernel, pair.bias):
                row = stored.size // stored.shape[0] if stored.shape and stored.size else 0
                if row:
                    stored.fetch(0, row)
    except InputError as error:
        print(error)
        return _REFUSED
    except Exception as error:
        print(f"weights {path} cannot be read as HDF5: {error!r}; is the file complete?")
        return _REFUSED
    return _FINE


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
