"""After a failed parity: are the weights that the tools loaded still those that were written?"""

from __future__ import annotations

from collections.abc import Sequence

from netparity.results.outcomes import parity_passed
from netparity.run.points import Point
from netparity.watch import Watch
from netparity.weights.cached import remove_changed


def check_weight_files(points: Sequence[Point], watch: Watch) -> None:
    """Hash the converted weights of every point in which a runner failed parity.

    A file that has changed on the disk is removed from the cache, so that it is made again, and the
    runs of its point say so.
    """
    changed: dict[str, list[str]] = {}
    for point in points:
        ended = [record.label for record in point.run.runners if record.status == "ok"]
        if all(parity_passed(point.run, label) for label in ended):
            continue
        weights = point.plan.weights
        if weights.sha256 not in changed:
            sentences = [
                f"{path} had changed on the disk since netparity wrote it, so a tool that loaded "
                "it computed with other weights; the file was removed and will be made again: "
                "repeat the comparison"
                for path in remove_changed(weights.folder)
            ]
            changed[weights.sha256] = sentences
            for sentence in sentences:
                watch.warning(sentence)
        cautions = [*point.run.cautions, *changed[weights.sha256]]
        point.run = point.run.model_copy(update={"cautions": cautions})
