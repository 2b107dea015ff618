"""The command that repeats a run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from netparity.protocol import Run, RunnerRecord, Settings
from netparity.protocol.runner_keys import join_keys, split_keys
from netparity.protocol.settings import SEQUENTIAL_REQUESTED

_FOR_ALL = ("compile_cache", "matconvnet", "matconvnet_root", "per_layer")
"""Options of runners that the command has as well; given there, they are not in the label."""


def typed(run: Run) -> str | None:
    """The command as it was typed; None for a run started by a program."""
    return shlex.join(run.settings.command) if run.settings.command else None


def in_full(run: Run) -> str:
    """The command with every setting written out, as defaults may change.

    Unavailable runners are left out. Images and weights must be where they were.
    """
    return shlex.join(["netparity", "compare", *_arguments(run)])


def _arguments(run: Run) -> Iterator[str]:
    settings = run.settings
    ran = [record for record in run.runners if record.status != "unavailable"]
    yield from _images(run)
    for_all: dict[str, str] = {}
    for record in ran:
        text, options_for_all = _runner(record)
        for_all |= options_for_all
        yield from ("--runner", text)
    for key, value in for_all.items():
        option = f"--{key.replace('_', '-')}"
        yield option if key == "per_layer" else f"{option}={value}"
    reference = settings.ratio_reference
    options: dict[str, object] = {
        "--model": _model(run),
        "--weights": next(iter(_paths(run, run.weights.source)), run.weights.source),
        **_input(run),
        "--layers": ",".join(settings.layers),
        "--rounds": "auto" if settings.precision is not None else settings.rounds,
        "--precision": settings.precision,
        "--budget": settings.budget_seconds,
        "--schedule": _schedule(settings),
        "--repeats": settings.repeats,
        "--warmup": settings.warmup,
        "--threads": settings.threads,
        "--affinity": ",".join(map(str, settings.affinity)) or None,
        "--memory-limit": settings.memory_limit_bytes,
        "--same-within": settings.same_within,
        "--reference": reference if reference in [record.label for record in ran] else None,
        "--max-relative-l2": settings.max_relative_l2,
        "--atol": settings.atol,
        "--rtol": settings.rtol,
        "--timeout": settings.timeout_seconds,
    }
    for option, setting in options.items():
        if setting is not None:
            # With "=", since a value may begin with a hyphen.
            yield f"{option}={_number(setting) if isinstance(setting, float) else setting}"


def _schedule(settings: Settings) -> str:
    """What was asked for; runs from before there was a choice were sequential."""
    asked = settings.schedule_reason in (None, SEQUENTIAL_REQUESTED)
    return "sequential" if settings.schedule == "sequential" and asked else "interleaved"


def _model(run: Run) -> str | None:
    """The model as it was given, a name or a path; None if the weights' file is the model."""
    return _given(run, "--model") if run.network is not None else run.model


_INPUT_OPTIONS = ("--input", "--preprocess", "--mean", "--std", "--scale", "--channel-order")


def _input(run: Run) -> dict[str, str | None]:
    """What was said about the network's input."""
    return {option: _given(run, option) for option in (*_INPUT_OPTIONS, "--input-size")}


def _given(run: Run, option: str) -> str | None:
    """The value of an option in the typed command; None if it was not given."""
    words = list(run.settings.command)
    for place, word in enumerate(words):
        if word == option and place + 1 < len(words):
            return words[place + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def _images(run: Run) -> Iterator[str]:
    """Paths of the images; none for the sample image, which is the default."""
    places = {image.file: _paths(run, image.file) for image in run.images}
    if run.images[0].mode == "tensor":
        return
    if [image.file for image in run.images] == ["sample.png"] and not places["sample.png"]:
        return
    for image in run.images:
        found = places[image.file]
        # Images with the same name were given one after the other.
        path = found.pop(0) if len(found) > 1 else next(iter(found), image.file)
        yield f"./{path}" if path.startswith("-") else path


def _paths(run: Run, name: str) -> list[str]:
    """Paths of that name in the typed command; the run stores only the name."""
    words = map(_word, run.settings.command)
    return [word for word in words if word.rpartition("/")[2] == name]


def _word(argument: str) -> str:
    """An argument, or the value of an option."""
    return argument.partition("=")[2] if argument.startswith("-") else argument


def _runner(record: RunnerRecord) -> tuple[str, dict[str, str]]:
    """The value of --runner, and the options that the command gave to all runners.

    The value is the label, unless the user chose another one.
    """
    inside = record.label.removeprefix(f"{record.runner}[").removesuffix("]")
    labelled = {key: value for _, key, value in split_keys(inside) if key and value}
    for_all = {k: v for k, v in record.options.items() if k in _FOR_ALL and k not in labelled}
    plain = record.label in (record.runner, f"{record.runner}[{inside}]")
    if plain and record.options == {**for_all, **labelled}:
        return record.label, for_all
    keys = {**record.options, "label": record.label}
    return f"{record.runner}[{join_keys(keys)}]", {}


def _number(value: float) -> str:
    """All digits of a number, without .0 for a whole one."""
    return repr(value).removesuffix(".0")
