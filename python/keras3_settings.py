"""Which settings of a job each backend of Keras 3 supports."""

from __future__ import annotations

from accelerator import device_of
from keras3_backend import Backend
from keras_stack import check_data_format
from stack import Settings


def check_settings(settings: Settings, backend: Backend) -> None:
    """Raise ValueError, saying what to change, for settings that the backend does not support."""
    check_data_format(settings.data_format)
    if settings.data_format not in backend.data_formats:
        [supported] = backend.data_formats
        raise ValueError(
            f"data_format is {settings.data_format!r}, but {backend.title} convolves on a CPU in "
            f"{supported!r} only; choose data_format {supported!r} for this runner"
        )
    options = settings.options
    check_option("call", options.get("call", "predict"), backend.calls, backend.title)
    device = device_of(options)
    check_option("device", device, backend.devices, backend.title)
    precision = options.get("precision", "float32")
    check_option("precision", precision, backend.precisions, backend.title)
    if precision == "tf32" and device == "cpu":
        raise ValueError(
            "option precision is 'tf32', which only NVIDIA GPUs compute in; add device=cuda, or "
            "leave it out"
        )


def check_option(name: str, value: str, allowed: tuple[str, ...], title: str) -> None:
    """Raise ValueError for a value of a job's option that the backend does not support."""
    if value not in allowed:
        raise ValueError(
            f"option {name} is {value!r}, expected one of {allowed} on {title}; correct the job"
        )


def policy_of(precision: str) -> str | None:
    """Return Keras's dtype policy for an arithmetic of 16 bits, None for others.

    The weights stay float32 and are rounded when they are used, as Keras documents it.
    """
    return f"mixed_{precision}" if precision in ("bfloat16", "float16") else None
