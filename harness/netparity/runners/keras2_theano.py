"""Keras 2 on Theano 1.0.5: 2.3.1, the last with a Theano backend, or one of 2017."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar

from netparity.protocol import RunResult
from netparity.runners.base import COMPILE_CACHE, PER_LAYER, SCRATCH, Missing, Option
from netparity.runners.environments import Environments, Stack
from netparity.runners.keras import KerasRunner
from netparity.system.cache import cache_folder
from netparity.system.launch import Command, LaunchError, capture

DEFAULT_KERAS = "2.3.1"
OLD_KERAS = ("2.0.2", "2.0.4", "2.0.5", "2.0.6")

_NAME = "keras2-theano"
# numpy 1.23.5, the last that Theano takes, has no wheel for a later one.
_PYTHON = "3.11"
_ASK_FOR_HEADERS = (
    "import os, sys, sysconfig; "
    "print(os.path.join(sysconfig.get_path('include'), 'Python.h')); "
    "print('%d.%d' % sys.version_info[:2])"
)


class Keras2Theano(KerasRunner):
    """`keras2-theano`. Theano compiles C++, so it needs a compiler, headers and a BLAS."""

    name = _NAME
    interpreters = (_NAME, *(f"{_NAME}-{version}" for version in OLD_KERAS))
    script = "extract_keras2.py"
    packages = ("keras", "theano", "numpy")
    modules = ("keras", "theano")
    options: ClassVar = {
        "data_format": Option(
            "order of the axes inside the network", ("channels_last", "channels_first")
        ),
        "keras": Option("version of Keras", (*OLD_KERAS, DEFAULT_KERAS)),
        "blas": Option("what Theano's products are linked with", ("openblas", "none")),
        "stamp": Option("have the weights file say which Keras wrote it; for 2.0.x", ("no", "yes")),
        "profile": Option("switch Theano's own profiler on, which slows it", ("no", "yes")),
        "compile_cache": COMPILE_CACHE,
        "per_layer": PER_LAYER,
    }

    @property
    def stack(self) -> Stack:
        """Each Keras in an environment of its own; those of 2017 differ by a single package."""
        version = self.chosen.get("keras", DEFAULT_KERAS)
        if version == DEFAULT_KERAS:
            return Stack(_NAME, _PYTHON)
        lists = (f"keras-{version}", "theano")
        spec = f"{_NAME}[keras={version}]"
        return Stack(f"{_NAME}-{version}", _PYTHON, lists=lists, runner=spec)

    def why_again(self, result: RunResult) -> str | None:
        """A process that had to compile was not one with a warm cache; it has filled it, though."""
        modules = result.flags.get("modules_compiled", "0")
        if self.chosen.get("compile_cache") == "cold" or modules == "0":
            return None
        return f"it compiled {modules} modules, which the next process finds"

    def missing(self, environments: Environments) -> list[Missing]:
        """Compiler, Python's headers and OpenBLAS's link library."""
        missing = []
        if shutil.which("g++") is None:
            missing.append(Missing("a C++ compiler (g++)", "g++"))
        if not _has_openblas():
            missing.append(Missing("OpenBLAS to link with", "libopenblas-dev"))
        python = environments.python(self.stack)
        if python is not None and (headers := _missing_headers(python)):
            missing.append(headers)
        return missing

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """The backend, and a compile cache that is netparity's own: kept, or empty every time."""
        compile_cache = cache_folder("theano")
        if self.chosen.get("compile_cache") == "cold":
            compile_cache = job_file.parent / SCRATCH
        flags = [f"base_compiledir={_quoted(str(compile_cache))}"]
        if self.chosen.get("blas") == "none":
            flags.append("blas.ldflags=")
        if self.chosen.get("profile") == "yes":
            flags.append("profile=True")
        return {
            "KERAS_BACKEND": "theano",
            # Theano's generated code depends on the order of sets; with a random seed every
            # process compiles something anew, even from a warm cache.
            "PYTHONHASHSEED": "0",
            "THEANO_FLAGS": ",".join(flags),
            "THEANORC": "",
        }


def _quoted(text: str) -> str:
    """Theano splits its flags at commas with shlex, which shlex.quote does not know."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _has_openblas() -> bool:
    """Whether the linker finds it, asked of the compiler that will be used."""
    if shutil.which("g++") is None:
        return any(Path("/usr/lib").glob("*/libopenblas.so"))
    try:
        answer = capture(Command(["g++", "-print-file-name=libopenblas.so"]), Path("/"))
    except LaunchError:
        return False
    return Path(answer.strip()).is_absolute()


def _missing_headers(python: Path) -> Missing | None:
    try:
        header, version = capture(
            Command([str(python), "-I", "-S", "-c", _ASK_FOR_HEADERS]), Path("/")
        ).split("\n")[:2]
    except (LaunchError, ValueError):
        return Missing(f"a working Python at {python}")
    if Path(header).exists():
        return None
    return Missing(f"Python's headers ({header})", f"python{version}-dev")
