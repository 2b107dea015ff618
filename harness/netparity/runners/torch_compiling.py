"""What the runners of PyTorch need for torch.compile: a compiler, and its cache under control."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netparity.protocol import RunResult
from netparity.runners.base import SCRATCH, Missing
from netparity.runners.compiler import missing_compiler, missing_headers
from netparity.system.cache import cache_folder


def missing_for_compiling(python: Path | None) -> list[Missing]:
    """The compiler and Python's headers, as far as they are missing."""
    return missing_compiler() + missing_headers(python)


def cache_variables(chosen: Mapping[str, str], job_file: Path) -> dict[str, str | None]:
    """The compiler's own cache, which is kept or starts empty (key `compile_cache`)."""
    folder = cache_folder("torchinductor")
    if chosen.get("compile_cache") == "cold":
        folder = job_file.parent / SCRATCH
    return {"TORCHINDUCTOR_CACHE_DIR": str(folder)}


def why_compile_again(chosen: Mapping[str, str], result: RunResult) -> str | None:
    """With a warm cache, a process that compiled does not count: it only filled the cache."""
    graphs = result.flags.get("graphs_compiled", "0")
    if chosen.get("compile_cache") == "cold" or graphs == "0":
        return None
    return f"it compiled {graphs} graphs, which later processes find in the cache"
