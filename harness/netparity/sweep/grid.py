"""The settings that a sweep goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """The settings to go through.

    Attributes:
        batches: images per prediction.
        threads: none for the number that a comparison takes by default.
        data_formats: of the runners that have a choice; none for what the runner says.
    """

    batches: Sequence[int] = (1,)
    threads: Sequence[int] = ()
    data_formats: Sequence[str] = ()
