"""Keras 2 on Theano 1.0.5: 2.3.1, the last with a Theano backend, or one of 2017."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from netparity.protocol import RunResult
from netparity.runners.base import CANONICAL, COMPILE_CACHE, PER_LAYER, SCRATCH, Missing, Option
from netparity.runners.compiler import missing_compiler, missing_headers
from netparity.runners.environments import Environments, Stack
from netparity.runners.keras import DATA_FORMAT, KerasRunner
from netparity.system.cache import cache_folder
from netparity.system.launch import Command, LaunchError, capture

DEFAULT_KERAS = "2.3.1"
OLD_KERAS = ("2.0.2", "2.0.4", "2.0.5", "2.0.6")

_NAME = "keras2-theano"
# NumPy 1.23.5, the last version that Theano supports, has no wheel for a later Python.
_PYTHON = "3.11"
_DOWNLOAD_MEGABYTES, _DISK_MEGABYTES = 70, 275


class Keras2Theano(KerasRunner):
    """`keras2-theano`. Theano compiles C++, so it needs a compiler, headers and a BLAS."""

    name = _NAME
    network_format = CANONICAL
    script = "extract_keras2.py"
    packages = ("keras", "theano", "numpy")
    modules = ("keras", "theano")
    default_rows = (_NAME,)
    colour = "#0072b2"
    advice_for = "keras2"
    options: ClassVar = {
        "data_format": DATA_FORMAT,
        "keras": Option("version of Keras", (*OLD_KERAS, DEFAULT_KERAS)),
        "blas": Option("the BLAS that Theano links with", ("openblas", "none")),
        "stamp": Option("write into the weights file which Keras wrote it; 2.0.x", ("no", "yes")),
        "profile": Option("run Theano's own profiler, which slows it down", ("no", "yes")),
        "compile_cache": COMPILE_CACHE,
        "per_layer": PER_LAYER,
    }

    @classmethod
    def interpreters(cls) -> tuple[str, ...]:
        """One name for each version of Keras."""
        return (_NAME, *(f"{_NAME}-{version}" for version in OLD_KERAS))

    @property
    def stack(self) -> Stack:
        """One environment for each Keras; those of 2017 differ in a single package."""
        version = self.chosen.get("keras", DEFAULT_KERAS)
        if version == DEFAULT_KERAS:
            stack = Stack(_NAME, _PYTHON)
        else:
            lists = (f"keras-{version}", "theano")
            spec = f"{_NAME}[keras={version}]"
            stack = Stack(f"{_NAME}-{version}", _PYTHON, lists=lists, runner=spec)
        return replace(
            stack, download_megabytes=_DOWNLOAD_MEGABYTES, disk_megabytes=_DISK_MEGABYTES
        )

    def why_again(self, result: RunResult) -> str | None:
        """With a warm cache, a process that compiled does not count: it only filled the cache."""
        modules = result.flags.get("modules_compiled", "0")
        if self.chosen.get("compile_cache") == "cold" or modules == "0":
            return None
        return f"it compiled {modules} modules, which later processes find in the cache"

    def missing(self, environments: Environments) -> list[Missing]:
        """The compiler, Python's headers and the OpenBLAS library to link with."""
        missing = missing_compiler()
        if not _has_openblas():
            missing.append(Missing("OpenBLAS to link with", "libopenblas-dev"))
        return missing + missing_headers(environments.python(self.stack))

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """Selects the backend and netparity's own compile cache, which is kept or starts empty."""
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
            # The C code that Theano writes depends on the order of sets: with a random seed every
            # process would compile something anew, even with a warm cache.
            "PYTHONHASHSEED": "0",
            "THEANO_FLAGS": ",".join(flags),
            "THEANORC": "",
        }


def _quoted(text: str) -> str:
    """Quoted for Theano, which splits its flags at commas; `shlex.quote` leaves commas bare."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _has_openblas() -> bool:
    """Whether the compiler that Theano will use finds OpenBLAS."""
    if shutil.which("g++") is None:
        return any(Path("/usr/lib").glob("*/libopenblas.so"))
    try:
        answer = capture(Command(["g++", "-print-file-name=libopenblas.so"]), Path("/"))
    except LaunchError:
        return False
    return Path(answer.strip()).is_absolute()
