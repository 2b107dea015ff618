"""PyTorch's device, precision, threads and libraries: how a job sets them, and what was found."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import dataclass
from typing import Any

import torch  # type: ignore[import-not-found]

from accelerator import device_flags, device_of, no_gpu

DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
_CHOICES = {
    "precision": ("", "float32", "tf32", "bfloat16", "float16"),
    "memory_format": ("contiguous", "channels_last"),
    "compile": ("no", "yes"),
}


@dataclass(frozen=True)
class TorchSettings:
    """What a job says about PyTorch.

    precision: empty for float32 as PyTorch itself computes it, which on a GPU is TF32 in places.
    """

    device: str
    precision: str
    memory_format: str
    compile: bool

    @property
    def dtype(self) -> Any:
        """The type of weights and values."""
        return DTYPES.get(self.precision, torch.float32)

    @property
    def format(self) -> Any:
        """PyTorch's own name of the order of axes in memory."""
        last = self.memory_format == "channels_last"
        return torch.channels_last if last else torch.contiguous_format

    def flags(self) -> dict[str, str]:
        """What changes the arithmetic, the speed or the memory."""
        return {
            "precision": self.precision or "float32",
            "memory_format": self.memory_format,
            "compile": "yes" if self.compile else "no",
            **arithmetic_flags(self.device),
        }


def set_up(options: dict[str, Any], threads: int | None) -> TorchSettings:
    """Set threads and precision as a job says; what it leaves out is left as PyTorch has it.

    Raises ValueError for a value that PyTorch or this machine does not have.
    """
    chosen = {}
    for name, choices in _CHOICES.items():
        chosen[name] = options.get(name, choices[0])
        if chosen[name] not in choices:
            raise ValueError(
                f"option {name} is {chosen[name]!r}, expected one of "
                f"{tuple(filter(None, choices))}; correct the job"
            )
    device, precision = device_of(options), chosen["precision"]
    check_device(device)
    if precision == "tf32" and device == "cpu":
        raise ValueError("precision is 'tf32', which only GPUs have; add device=cuda")
    set_threads(threads)
    set_tf32(precision)
    return TorchSettings(device, precision, chosen["memory_format"], chosen["compile"] == "yes")


def check_device(device: str) -> None:
    """Raise DeviceError for `cuda` if PyTorch finds no GPU."""
    if device == "cuda" and not torch.cuda.is_available():
        raise no_gpu("PyTorch", _why_no_gpu())


def set_threads(threads: int | None) -> None:
    """Bound the threads of one operation."""
    if threads:
        torch.set_num_threads(threads)


def set_tf32(precision: str) -> None:
    """Allow TF32 everywhere for `tf32`, nowhere for `float32`; otherwise leave PyTorch's choice."""
    if precision in ("float32", "tf32"):
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        torch.backends.cudnn.allow_tf32 = precision == "tf32"


def arithmetic_flags(device: str) -> dict[str, str]:
    """Return what changes the arithmetic, and what is known of the device."""
    backends = torch.backends
    flags = {
        "mkldnn": "on" if backends.mkldnn.is_available() else "off",
        "tf32": tf32_in_words() if device == "cuda" else "none",
    }
    if device == "cpu":
        return {**flags, **device_flags("cpu", None, None)}
    return {
        **flags,
        "cudnn.benchmark": "on" if backends.cudnn.benchmark else "off",
        **device_flags(device, torch.cuda.get_device_name(), torch.cuda.max_memory_allocated()),
    }


def import_compiler() -> None:
    """Import what torch.compile uses, seconds that would otherwise count as loading."""
    for name in ("torch._dynamo", "torch._inductor.compile_fx"):
        importlib.import_module(name)


def graphs_compiled() -> int:
    """Return how many graphs this process compiled that its cache did not have."""
    utils = sys.modules.get("torch._dynamo.utils")
    return 0 if utils is None else int(utils.counters["inductor"]["fxgraph_cache_miss"])


def tf32_in_words() -> str:
    """Return which operations may round float32 to TF32 on a GPU."""
    places = {
        "convolutions": torch.backends.cudnn.allow_tf32,
        "matrix products": torch.backends.cuda.matmul.allow_tf32,
    }
    return " and ".join(name for name, allowed in places.items() if allowed) or "none"


def libraries(device: str) -> str | None:
    """Return whose matrix and convolution kernels are used, as PyTorch says; None if unknown."""
    text = torch.__config__.show()
    patterns = {
        "MKL": r"Math Kernel Library Version (\S+?)-",
        "oneDNN": r"MKL-DNN v(\S+)",
    }
    found = [f"{name} {match[1]}" for name, p in patterns.items() if (match := re.search(p, text))]
    blas = re.search(r"BLAS_INFO=(\w+)", text)
    if blas and blas[1] != "mkl":
        found.insert(0, {"open": "OpenBLAS"}.get(blas[1], blas[1]))
    if device == "cuda":
        found = [f"cuBLAS of CUDA {torch.version.cuda}", f"cuDNN {torch.backends.cudnn.version()}"]
    return " and ".join(found) or None


def _why_no_gpu() -> str:
    if torch.version.cuda is None:
        return f"{torch.__version__} was built without CUDA"
    return "torch.cuda.is_available() is False"
