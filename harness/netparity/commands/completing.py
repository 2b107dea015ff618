"""What a shell offers for a word that is being typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

RESULTS = Path("results")


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def runner_names(incomplete: str) -> list[str]:
    """The tools, and `all`; with nothing offered where an installed package is at fault."""
    from netparity.errors import NetparityError
    from netparity.runners import ALL, known_runners

    try:
        names = [kind.name for kind in known_runners()]
    except NetparityError:
        names = []
    return _beginning(incomplete, [*names, ALL])


def network_names(incomplete: str) -> list[str]:
    """The catalogue."""
    from netparity.networks import NETWORKS

    return _beginning(incomplete, NETWORKS)


def stored_runs(incomplete: str) -> list[str]:
    """The runs below results/, newest first, after the word that names the newest."""
    from netparity.results.newest import LATEST, stored

    folders = [str(path) for path in stored(RESULTS)]
    return _beginning(incomplete, [LATEST, *reversed(folders)])


OF_FIELDS: dict[str, Callable[[str], list[str]]] = {
    "runners": runner_names,
    "model": network_names,
}
"""By the field of a request."""
