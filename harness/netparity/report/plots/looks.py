"""The look of each row: a colour and a mark of its own, the same in all tables and plots of a page.

A tool's first row has the tool's colour, which is the same in every run. Further rows of the tool
get the colour that is farthest from those in use. No two rows share both colour and mark, and
rows are told apart by their marks alone as long as there are enough of them, since no palette of
this size serves every kind of colour vision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from netparity.protocol import RunnerRecord
from netparity.report.plots.style import MORE_COLOURS, TOOL_COLOURS, Look, colour

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "p", "h", "d")
"""Matplotlib's filled markers that can be told apart at 3 points."""
DASHES = ("-", "--", "-.", ":")
PALETTE = (
    *("#9900ff", "#00aa00", "#ee00cc", "#ff0055", "#8877ff", "#aa7755", "#667711", "#0099aa"),
    *("#ff0099", "#666666", "#aa4455", *TOOL_COLOURS.values(), *MORE_COLOURS),
)
"""All have a contrast of at least 3 : 1 with the page, light and dark. The first were chosen so
that each is as far as possible from those before it, also with deuteranopia and protanopia."""


def looks(records: Sequence[RunnerRecord]) -> dict[str, Look]:
    """The look of each label, in the order of the rows; of a label given twice, the first."""
    rows = {record.label: record for record in reversed(records)}
    rows = {record.label: rows[record.label] for record in records}
    firsts = {record.runner: record.label for record in reversed(rows.values())}
    own = {label: colour(rows[label]) for label in firsts.values()}
    used = Counter(own.values())
    found: dict[str, Look] = {}
    for number, label in enumerate(rows):
        shade = own.get(label) or _least_used(used)
        used[shade] += label not in own
        taken = {look.marker for look in found.values() if look.colour == shade}
        turned = [MARKERS[(number + step) % len(MARKERS)] for step in range(len(MARKERS))]
        marker = next((each for each in turned if each not in taken), turned[0])
        found[label] = Look(shade, marker, DASHES[number % len(DASHES)])
    return found


def _least_used(used: Counter[str]) -> str:
    """Of the palette's colours that were used least, the one farthest from those in use."""
    least = min(used[shade] for shade in PALETTE)
    free = [shade for shade in PALETTE if used[shade] == least]
    others = [shade for shade in used if used[shade] > least]
    return max(free, key=lambda shade: min((_distance(shade, o) for o in others), default=0.0))


def _distance(one: str, other: str) -> float:
    """Difference of two colours: Euclidean in RGB, weighted by the mean red (Riemersma 2012)."""
    first, second = ([int(each[i : i + 2], 16) for i in (1, 3, 5)] for each in (one, other))
    red = (first[0] + second[0]) / 2
    weights = 2 + red / 256, 4.0, 2 + (255 - red) / 256
    pairs = zip(weights, first, second, strict=True)
    return sum(weight * (a - b) ** 2 for weight, a, b in pairs)


def mark_path(marker: str) -> str:
    """A marker as the data of an SVG path within -0.5 to 0.5, y downwards."""
    from matplotlib.markers import MarkerStyle

    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    parts = []
    for points, code in path.iter_segments(simplify=False):
        letter = _LETTERS[int(code)]
        pairs = zip(points[::2], points[1::2], strict=True)
        parts.append(
            letter if letter == "Z" else letter + " ".join(f"{x:.3f} {-y:.3f}" for x, y in pairs)
        )
    return "".join(parts)


_LETTERS = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
"""Matplotlib's path codes as SVG's."""
