"""The command that makes a run again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from netparity.protocol import Run, RunnerRecord

_FOR_ALL = ("compile_cache", "matconvnet", "matconvnet_root", "per_layer")
"""Keys of runners that are options of the command, too: there they are in no label."""


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
    ran = [record for record in run.runners if record.status != "unavailable"]
    yield from _images(run)
    for_all: dict[str, str] = {}
    for record in ran:
        text, beside = _runner(record)
        for_all |= beside
        yield from ("--runner", text)
    for key, given in for_all.items():
        option = f"--{key.replace('_', '-')}"
        yield option if key == "per_layer" else f"{option}={given}"
    reference = settings.ratio_reference
    options: dict[str, object] = {
        "--model": run.model,
        "--weights": next(iter(_paths(run, run.weights.source)), run.weights.source),
        "--layers": ",".join(settings.layers),
        "--rounds": "auto" if settings.precision is not None else settings.rounds,
        "--precision": settings.precision,
        "--budget": settings.budget_seconds,
        "--repeats": settings.repeats,
        "--warmup": settings.warmup,
        "--threads": settings.threads,
        "--affinity": ",".join(map(str, settings.affinity)) or None,
        "--memory-limit": settings.memory_limit_bytes,
        "--reference": reference if reference in [record.label for record in ran] else None,
        "--max-relative-l2": settings.max_relative_l2,
        "--atol": settings.atol,
        "--rtol": settings.rtol,
        "--timeout": settings.timeout_seconds,
    }
    for option, value in options.items():
        if value is not None:
            # With "=", since a value may begin with a hyphen.
            yield f"{option}={_figure(value) if isinstance(value, float) else value}"


def _images(run: Run) -> Iterator[str]:
    """None for the sample image, which is the default."""
    places = {image.file: _paths(run, image.file) for image in run.images}
    if [image.file for image in run.images] == ["sample.png"] and not places["sample.png"]:
        return
    for image in run.images:
        found = places[image.file]
        # Two images of one name were named one after the other.
        path = found.pop(0) if len(found) > 1 else next(iter(found), image.file)
        yield f"./{path}" if path.startswith("-") else path


def _paths(run: Run, name: str) -> list[str]:
    """Where files of that name were, as it was typed; runs store bare names."""
    words = map(_word, run.settings.command)
    return [word for word in words if word.rpartition("/")[2] == name]


def _word(argument: str) -> str:
    """An argument, or what an option has behind its name."""
    return argument.partition("=")[2] if argument.startswith("-") else argument


def _runner(record: RunnerRecord) -> tuple[str, dict[str, str]]:
    """As it was typed, and the keys that an option of the command gave it.

    That is its label, unless the user gave it another.
    """
    inside = record.label.removeprefix(f"{record.runner}[").removesuffix("]")
    pairs = (part.partition("=") for part in inside.split(","))
    said = {key: value for key, equals, value in pairs if equals}
    beside = {k: v for k, v in record.options.items() if k in _FOR_ALL and k not in said}
    plain = record.label in (record.runner, f"{record.runner}[{inside}]")
    if plain and record.options == {**beside, **said}:
        return record.label, beside
    keys = {**record.options, "label": record.label}
    return f"{record.runner}[{','.join(f'{key}={value}' for key, value in keys.items())}]", {}


def _figure(value: float) -> str:
    """All its digits, without those of a whole number's fraction."""
    return repr(value).removesuffix(".0")
