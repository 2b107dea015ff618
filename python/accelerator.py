"""What extractors say of an NVIDIA GPU: its driver, and one sentence where there is none."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DEVICES = ("cpu", "cuda")


class DeviceError(ValueError):
    """The device that the job asks for cannot be used."""


def device_of(options: dict[str, object]) -> str:
    """Return the job's option `device`, `cpu` unless it is given. Raises DeviceError."""
    device = options.get("device", "cpu")
    if device not in DEVICES:
        raise DeviceError(
            f"option device is {device!r}, expected one of {DEVICES}; correct the job"
        )
    return str(device)


def no_gpu(tool: str, reason: str) -> DeviceError:
    """Return the error that a tool raises when it finds no GPU."""
    return DeviceError(
        f"device is 'cuda', but {tool} finds no GPU ({reason}); leave out device=cuda, or give "
        "the runner a Python whose packages were built for CUDA on a machine with an NVIDIA GPU "
        "(--python)"
    )


def out_of_memory(tool: str, used_bytes: int | None) -> DeviceError:
    """Return the error that a tool raises when the GPU's memory does not suffice."""
    used = "" if used_bytes is None else f" after {used_bytes / 2**30:.2f} GiB"
    return DeviceError(
        f"the GPU has too little free memory for this network: {tool} ran out of it{used}; "
        "compare fewer images or layers at once, or end other programs that use the GPU"
    )


@contextmanager
def memory_of(
    tool: str, device: str, peak_bytes: Callable[[], int | None] = lambda: None
) -> Iterator[None]:
    """Raise DeviceError, in one sentence, in place of a tool's error for a GPU without memory left.

    peak_bytes: returns the most memory that was in use, None where that is unknown.
    """
    try:
        yield
    except Exception as error:  # each tool has types of its own
        if device == "cpu" or not _means_out_of_memory(error):
            raise
        raise out_of_memory(tool, peak_bytes()) from error


def _means_out_of_memory(error: BaseException) -> bool:
    """Return whether an error of a framework says that a GPU's memory is full.

    Where too little is left for CUDA itself, frameworks raise other types than their own.
    """
    text = str(error).lower()
    signs = ("out of memory", "out_of_memory", "resource_exhausted", "failed to allocate memory")
    return any(sign in text for sign in signs)


def device_flags(device: str, name: str | None, peak_bytes: int | None) -> dict[str, str]:
    """Return the flags that every extractor records of its device; unknown values are left out."""
    if device == "cpu":
        return {"device": "cpu"}
    found = {
        "device_name": name,
        "device_driver": driver_version(),
        "device_peak_bytes": None if peak_bytes is None else str(peak_bytes),
    }
    return {"device": device, **{key: value for key, value in found.items() if value}}


def driver_version() -> str | None:
    """Return the version of NVIDIA's driver, None if it cannot be found."""
    try:
        text = Path("/proc/driver/nvidia/version").read_text(encoding="utf-8")
        found = re.search(r"\b\d{3}\.\d+(\.\d+)?\b", text)
        if found:
            return found[0]
    except OSError:
        pass
    return _asked("driver_version")


def device_name() -> str | None:
    """Return the name of the first NVIDIA GPU, for tools that cannot tell it."""
    return _asked("name")


def _asked(what: str) -> str | None:
    command = ["nvidia-smi", f"--query-gpu={what}", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.stdout.splitlines()
    return lines[0].strip() if lines else None
