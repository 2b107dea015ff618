"""Options of the command that a runner of the comparison does not honour."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.run.request import Request
from netparity.runners import Runner


def options_without_effect(request: Request, runners: Sequence[Runner]) -> list[str]:
    """A sentence for each option that was given and that some runner, or every runner, ignores."""
    sentences = ignored_threads(request.threads, runners)
    without = [runner.label for runner in runners if "per_layer" not in runner.options]
    if request.per_layer and without:
        sentences.append(
            f"--per-layer has no effect on {', '.join(without)}: layers cannot be timed there"
        )
    for key, value in (
        ("compile_cache", request.compile_cache),
        ("matconvnet", request.matconvnet),
        ("matconvnet_root", request.matconvnet_root),
    ):
        if value is not None and not any(key in runner.options for runner in runners):
            option = f"--{key.replace('_', '-')}"
            sentences.append(f"{option} has no effect: no runner of this comparison has it")
    return sentences


def ignored_threads(threads: int | None, runners: Sequence[Runner]) -> list[str]:
    """A sentence for each runner on which `--threads` has no effect; none if it was not given."""
    if threads is None:
        return []
    return [
        f"--threads {threads} has no effect on {runner.label}: {runner.ignores_threads}"
        for runner in runners
        if runner.ignores_threads
    ]
