"""The command that makes a run again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from netparity.protocol import Run


def typed(run: Run) -> str | None:
    """The command as it was typed; None for a run that a program made."""
    return shlex.join(run.settings.command) if run.settings.command else None


def in_full(run: Run) -> str:
    """The same with every setting spelt out, as defaults may change.

    A runner that was not available is left out. Images and weights have to be where they were.
    """
    return shlex.join(["netparity", "compare", *_arguments(run)])


def _arguments(run: Run) -> Iterator[str]:
    settings = run.settings
    if (run.image.file, len(run.images)) != ("sample.png", 1):
        yield from (image.file for image in run.images)
    for record in run.runners:
        if record.status != "unavailable":
            yield from ("--runner", record.label)
    options: dict[str, object] = {
        "--model": run.model,
        "--weights": run.weights.source,
        "--layers": ",".join(settings.layers),
        "--rounds": "auto" if settings.precision is not None else settings.rounds,
        "--precision": settings.precision,
        "--budget": settings.budget_seconds if settings.precision is not None else None,
        "--repeats": settings.repeats,
        "--warmup": settings.warmup,
        "--threads": settings.threads,
        "--affinity": ",".join(map(str, settings.affinity)) or None,
        "--memory-limit": settings.memory_limit_bytes,
        "--reference": settings.ratio_reference,
        "--max-relative-l2": settings.max_relative_l2,
        "--atol": settings.atol,
        "--rtol": settings.rtol,
        "--timeout": f"{settings.timeout_seconds:g}",
    }
    for option, value in options.items():
        if value is not None:
            # With "=", since a value may begin with a hyphen.
            text = f"{value:g}" if isinstance(value, float) else str(value)
            yield f"{option}={text}"
