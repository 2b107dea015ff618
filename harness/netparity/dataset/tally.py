"""Distributions over images, added up row by row in memory that does not grow with their number.

Quantiles come from a histogram of the float32 bits, whose bins are 2^-7 of their value wide.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from netparity.parity.quantiles import BINS, count_bins, quantile

PASSING = ("pass", "inconclusive")
Key = tuple[str, str, str]
"""Runner, input and feature."""


@dataclass(frozen=True, order=True)
class Worst:
    """An image, by its error over its noise floor (infinite for values that are not finite)."""

    over_floor: float
    row: int = field(compare=False)
    image: str = field(compare=False)
    feature: str = field(compare=False)
    verdict: str = field(compare=False)


@dataclass(frozen=True)
class Distribution:
    """One feature of one runner over all images.

    Attributes:
        verdicts: how many images have each.
        median: of error over floor; None without a finite one, as the other quantiles.
        worst: the image with the largest.
        top1_changed: images whose largest class is not the reference's; None if not an output.
        top5_changed: images of which at least one of the five largest classes differs.
        input_mean_abs: mean over the images of the mean difference of the runner's own input to the
            shared one, in grey levels; None but for native inputs.
        input_max_abs: the largest difference of any image.
    """

    runner: str
    input: str
    feature: str
    images: int
    verdicts: Mapping[str, int]
    median: float | None
    p95: float | None
    p99: float | None
    worst: Worst
    top1_changed: int | None
    top5_changed: int | None
    input_mean_abs: float | None
    input_max_abs: float | None

    @property
    def passed(self) -> int:
        """Images within the rule, those among them for which it shows nothing included."""
        return sum(self.verdicts.get(verdict, 0) for verdict in PASSING)


class _Sums:
    """What is added up for one feature of one runner."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.histogram = np.zeros(BINS, dtype=np.intp)
        self.finite = 0
        self.largest = 0.0
        self.worst = Worst(-1.0, 0, "", "", "")
        self.top1 = self.top5 = 0
        self.with_top1 = self.with_top5 = False
        self.input_mean, self.input_max, self.inputs = 0.0, 0.0, 0


class Tally:
    """Adds up the rows of chunks.

    Args:
        keep: how many of the worst images are remembered for each runner and input.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._sums: dict[Key, _Sums] = {}
        self._worst: dict[tuple[str, str], dict[int, Worst]] = {}

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows as `records.COLUMNS` has them."""
        ratios: dict[Key, list[float]] = {}
        for row in rows:
            key = row["runner"], row["input"], row["feature"]
            sums = self._sums.setdefault(key, _Sums())
            over = float(row["over_floor"])
            sums.verdicts[row["verdict"]] += 1
            worst = Worst(over, row["row"], row["image"], row["feature"], row["verdict"])
            sums.worst = max(sums.worst, worst)
            self._remember(key[:2], worst)
            if np.isfinite(over):
                ratios.setdefault(key, []).append(over)
            if row["top1"] is not None:
                sums.with_top1 = True
                sums.top1 += not row["top1"]
            if row["top5"] is not None:
                sums.with_top5 = True
                sums.top5 += row["top5"] < 1.0
            if row["input_mean_abs"] is not None:
                sums.inputs += 1
                sums.input_mean += row["input_mean_abs"]
                sums.input_max = max(sums.input_max, row["input_max_abs"])
        for key, values in ratios.items():
            sums = self._sums[key]
            array = np.asarray(values, np.float32)
            count_bins(array, np.empty(len(array), np.intp), sums.histogram)
            sums.finite += len(array)
            sums.largest = max(sums.largest, *values)

    def distributions(self) -> list[Distribution]:
        """What was added up, in the order in which it first occurred."""
        return [self._distribution(key, sums) for key, sums in self._sums.items()]

    def worst(self) -> dict[tuple[str, str], list[Worst]]:
        """Runner and input to their worst images, the worst first."""
        return {
            key: sorted(found.values(), key=lambda each: (-each.over_floor, each.row))[: self._keep]
            for key, found in self._worst.items()
        }

    def _remember(self, key: tuple[str, str], worst: Worst) -> None:
        """Keep the worst images; each with its worst feature."""
        found = self._worst.setdefault(key, {})
        if worst.row not in found or found[worst.row].over_floor < worst.over_floor:
            found[worst.row] = worst
        if len(found) > 2 * self._keep + 8:
            kept = heapq.nlargest(self._keep + 4, found.values(), lambda w: (w.over_floor, -w.row))
            self._worst[key] = {each.row: each for each in kept}

    def _distribution(self, key: Key, sums: _Sums) -> Distribution:
        def at(percent: int) -> float | None:
            return quantile(sums.histogram, percent, sums.largest) if sums.finite else None

        return Distribution(
            *key,
            images=sum(sums.verdicts.values()),
            verdicts=dict(sums.verdicts),
            median=at(50),
            p95=at(95),
            p99=at(99),
            worst=sums.worst,
            top1_changed=sums.top1 if sums.with_top1 else None,
            top5_changed=sums.top5 if sums.with_top5 else None,
            input_mean_abs=sums.input_mean / sums.inputs if sums.inputs else None,
            input_max_abs=sums.input_max if sums.inputs else None,
        )
