"""A data set that was compared, as far as it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netparity.dataset.closer import Closer
from netparity.dataset.records import Skipped
from netparity.dataset.tally import Distribution


@dataclass(frozen=True)
class RunnerFacts:
    """What is known of one runner over all chunks.

    Attributes:
        images: of which it has features.
        images_per_second: of both inputs together, reading the files included, start-up and loading
            excluded; None if no process counts.
        startup: seconds to start and load, on average of its processes.
        peak_rss_bytes: of its largest process.
    """

    label: str
    images: int
    images_per_second: float | None
    startup: float | None
    peak_rss_bytes: int | None
    code: str | None
    versions: Mapping[str, str]
    failures: Sequence[str]


@dataclass(frozen=True)
class DatasetResult:
    """Everything that the tables and the page show.

    Attributes:
        title: network, weights and images.
        images: that were compared, out of `of`.
        chunks: that are done, out of `of_chunks`; fewer in a part of the data set.
        missing: chunks that should have been done.
        unavailable: label to why a runner cannot run here.
    """

    name: str
    title: str
    synthetic: bool
    images: int
    of: int
    chunks: int
    of_chunks: int
    missing: int
    skipped: Sequence[Skipped]
    runners: Sequence[RunnerFacts]
    unavailable: Mapping[str, str]
    distributions: Sequence[Distribution]
    closer: Sequence[Closer]
    rule: str

    @property
    def failed(self) -> bool:
        """Whether a runner has no features of some image."""
        return bool(self.unavailable or self.missing) or any(
            runner.failures for runner in self.runners
        )

    @property
    def agrees(self) -> bool:
        """Whether every image passes in every runner, given the same tensor."""
        shared = [each for each in self.distributions if each.input == "shared"]
        return all(each.passed == each.images for each in shared or self.distributions)
