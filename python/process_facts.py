"""Settings of this process that matter to a fair comparison."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLES = (
    *("OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "KMP_AFFINITY"),
    *("OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"),
    *("TF_ENABLE_ONEDNN_OPTS", "ONEDNN_MAX_CPU_ISA", "XLA_FLAGS", "TF_XLA_FLAGS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
"""Read by OpenMP, BLAS libraries, oneDNN or TensorFlow; they change speed or rounding."""


def process_flags() -> dict[str, str]:
    """Return the flags that every extractor records; `os_threads` only if it is known."""
    flags = {"environment": environment_in_words()}
    threads = os_threads()
    if threads is not None:
        flags["os_threads"] = str(threads)
    return flags


def environment_in_words() -> str:
    """Return the variables that are set, as a shell would set them, or `none`."""
    pairs = [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    return " ".join(pairs) or "none"


def os_threads() -> int | None:
    """Return the process's number of threads, including idle ones; None without /proc."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return None
