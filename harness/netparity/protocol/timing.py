"""What a run says about time."""

from __future__ import annotations

from typing import Literal

from pydantic import computed_field

from netparity.protocol.base import Frozen, Seconds

TimingVerdict = Literal["faster", "slower", "same", "no difference shown", "inconclusive"]


class TimingEntry(Frozen):
    """One phase of one runner over all its processes; seconds.

    Attributes:
        median_seconds: geometric mean over the processes of each process's median.
        interval_seconds: 95 % interval of `median_seconds`; None for a single process.
        quantiles_seconds: 5, 25, 75 and 95 % quantiles of all values.
        outliers: round and position (from 0) of values marked as outliers; they still count.
        ratio_to_reference: from the rounds that both have; None for a runner that failed parity.
        ratio_interval: 95 % interval of `ratio_to_reference`, adjusted for the number of runners.
        verdict: what that interval shows (`timing.verdict`); None for the reference itself.
        p_value: of the test to which the interval belongs, adjusted likewise.
        largest_difference: the largest relative difference that the interval includes.
        least_difference: the relative difference that these rounds would have shown with a
            probability of 80 %.
        processors_busy: processor seconds of the process divided by wall-clock seconds, over all
            values; None where a tool does not say.
        energy_joules: of the processors' packages for one prediction, the median over all blocks;
            None where the kernel does not say.
    """

    label: str
    phase: str
    median_seconds: Seconds
    interval_seconds: tuple[Seconds, Seconds] | None = None
    min_seconds: Seconds
    max_seconds: Seconds
    mad_seconds: Seconds | None = None
    quantiles_seconds: tuple[Seconds, Seconds, Seconds, Seconds] | None = None
    values: list[Seconds]
    processes: int = 0
    outliers: list[tuple[int, int]] = []
    ratio_to_reference: float | None = None
    ratio_interval: tuple[float, float] | None = None
    verdict: TimingVerdict | None = None
    p_value: float | None = None
    largest_difference: float | None = None
    least_difference: float | None = None
    processors_busy: float | None = None
    energy_joules: float | None = None


class LayerTiming(Frozen):
    """One layer of one runner, over all its processes; only with `--per-layer`.

    Attributes:
        up_to_seconds: for this layer and all that lead to it: geometric mean of the processes'
            medians.
        own_seconds: what the layer adds to the layer before; below 0 if the noise is larger. None
            where several branches meet, none of which contains the others.
        limit_seconds: the least time that the layer needs at the machine's rates
            (`HardwareLimit`).
    """

    label: str
    layer: str
    up_to_seconds: Seconds
    own_seconds: float | None
    flops: int
    limit_seconds: Seconds | None = None


class HardwareLimit(Frozen):
    """The shortest `predict` that this machine could reach (`timing.roofline`).

    Attributes:
        flops: operations of all layers up to the last feature, for all images.
        flops_per_second: rate of single-precision matrix products, measured between processes.
        bytes_per_second: rate of copies in memory, measured likewise.
        seconds: the time that the layers need at these rates.
    """

    flops: int
    flops_per_second: float
    bytes_per_second: float
    seconds: Seconds


class TimingCheck(Frozen):
    """How far timings on a machine can be trusted: a tool compared with itself (`timing.trust`).

    Attributes:
        checked: when, in UTC, as an ISO 8601 date and time.
        rounds: of each run.
        called_different: runs in which the tool was called faster or slower than itself.
        delay: relative delay that was planted.
        found: runs in which the delayed tool was called slower.
        rows: rows of a default run.
        least_difference: smallest relative difference that a run of so many rounds and rows can
            show, with a probability of 80 %.
    """

    runner: str
    checked: str
    netparity_version: str
    runs: int
    rounds: int
    called_different: int
    delay: float
    found: int
    rows: int
    least_difference: float


class WallClock(Frozen):
    """Where the time of the run itself went; seconds.

    `preparation_seconds` is the time before the reference: imports, checks, and what is made only
    once (environments, weights). `reference_seconds` includes the noise floor's passes.
    `waiting_seconds` were spent before the rounds, while another comparison was measuring.
    """

    total_seconds: Seconds
    preparation_seconds: Seconds
    reference_seconds: Seconds
    extractor_seconds: Seconds
    parity_seconds: Seconds = 0.0
    waiting_seconds: Seconds = 0.0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def harness_share(self) -> float:
        """Share of the total spent outside the extractors, the reference passes and judging."""
        own = self.total_seconds - self.extractor_seconds
        own -= self.reference_seconds + self.parity_seconds + self.waiting_seconds
        return max(0.0, own) / self.total_seconds if self.total_seconds > 0 else 0.0
