"""The fastest of several settings, and those that may be as fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netparity.timing.comparison import compare_all
from netparity.timing.estimate import Processes, estimate
from netparity.timing.nodes import Nodes


@dataclass(frozen=True)
class Winner:
    """The fastest of several settings.

    Attributes:
        key: name of the fastest setting.
        not_shown: names of settings that were not shown to be slower, the fastest first.
    """

    key: str
    not_shown: tuple[str, ...]


def winner(settings: Mapping[str, Processes], nodes: Nodes | None = None) -> Winner | None:
    """The setting with the fewest seconds, compared with each of the others.

    The winner is chosen by the same data that it is then tested on, so `slower` is reported
    slightly too often if many settings are alike.

    Args:
        settings: raw seconds of one phase by round, by the name of the setting.
        nodes: of the rounds of a run on a cluster.

    Returns:
        None if nothing was measured.
    """
    measured = {key: processes for key, processes in settings.items() if any(processes.values())}
    if not measured:
        return None
    best, *others = sorted(measured, key=lambda key: estimate(measured[key], nodes).seconds)
    compared = compare_all(measured, best, nodes=nodes)
    not_shown = tuple(key for key in others if compared[key].word != "slower")
    return Winner(best, not_shown)
