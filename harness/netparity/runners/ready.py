"""`--runner all`: every runner that is ready to run, without making anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netparity.errors import UsageError
from netparity.runners.base import Availability, Runner
from netparity.runners.environments import Environments
from netparity.runners.installed import ask_availability
from netparity.runners.spec import create_runners

ALL = "all"


@dataclass(frozen=True)
class Rows:
    """Runners as the user writes them, and a sentence for each that `all` left out."""

    texts: list[str]
    left_out: list[str]


def with_all(
    texts: Sequence[str],
    known: Sequence[type[Runner]],
    environments: Environments,
    defaults: Mapping[str, str] | None = None,
) -> Rows:
    """Put the rows of every runner that is ready in the place of `all`.

    These are its default rows, or its plain name. A row that is also named itself appears once.

    Args:
        texts: `all`, `NAME` or `NAME[key=value,...]`.
        known: the existing runners.
        environments: the interpreters.
        defaults: as for `create_runners`.

    Raises:
        UsageError: if no runner is ready, or a text beside `all` is wrong.
    """
    written = [text.strip() for text in texts]
    if ALL not in written:
        return Rows(list(texts), [])
    named = [text for text in written if text != ALL]
    labels = {runner.label for runner in create_runners(named, known, defaults)}
    ready: list[str] = []
    left_out: dict[str, None] = {}
    for text, runner, found in _looked_at(known, environments, defaults):
        if not found.available:
            sentence = f"{runner.name} is not ready and was left out: {found.reason}; fix: "
            left_out[sentence + found.fix] = None
        elif runner.label not in labels:
            ready.append(text)
    if not ready and not named:
        raise UsageError(
            "--runner all: no runner is ready; make the usual ones ready with: netparity setup"
        )
    place = written.index(ALL)
    return Rows([*named[:place], *ready, *named[place:]], list(left_out))


def _looked_at(
    known: Sequence[type[Runner]], environments: Environments, defaults: Mapping[str, str] | None
) -> Iterator[tuple[str, Runner, Availability]]:
    """Every row that `all` can stand for, with its runner and whether that can run."""
    for kind in known:
        for text in () if kind.required else kind.default_rows or (kind.name,):
            [runner] = create_runners([text], known, defaults)
            yield text, runner, ask_availability(runner, environments)
