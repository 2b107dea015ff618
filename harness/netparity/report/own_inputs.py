"""Whether the runners agree given the same file, from the input that each makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netparity.protocol import Preprocessing, Run
from netparity.report.agreement import shared_floors
from netparity.report.cells import ABSENT, percent
from netparity.report.sentences import MOST_NAMED, joined, joined_some, number, short

EQUAL = 1e-4
"""Root mean square difference of two inputs that differ by rounding alone, in any unit."""
_LEAST_SHARE = 1e-4
_EXPLAINED = 0.5
ROUNDING = "rounding"
"""What a runner's own input does to the features if it equals the shared one."""


def own_input_words(run: Run) -> str:
    """Which runners make another input of the file than the shared one, and how far this matters.

    The distances are the reference's: the same float64 network on either input.
    """
    made = _known(run)
    feature = most_moved(run)
    if not made or feature is None:
        return "What the runners make of the file itself was not compared."
    moved = [each for each in made if not same_input(run, each)]
    same = [short(each.label) for each in made if each not in moved]
    if not moved:
        return _all_same(same)
    groups = list(_groups(moved, feature))
    clauses = [_clause(who, moved_by, cause) for who, moved_by, cause in groups[:MOST_NAMED]]
    left = sum(len(who) for who, _, _ in groups[MOST_NAMED:])
    if left:
        clauses.append(f"by less in {number(left)} {'other' if left == 1 else 'others'}")
    if len(groups) == 1 and not same and all(each.exact for each in made):
        return _all_moved([short(each.label) for each in made], feature, *groups[0][1:])
    who = f"{short(made[0].label)}'s" if len(made) == 1 else "The runners do not agree: their"
    sentence = f"{who} own decoding and resizing moves {short(feature)} {', '.join(clauses)}."
    if same:
        makes = "makes" if len(same) == 1 else "make"
        sentence += f" {joined_some(same)} {makes} the same input as the shared one."
    return sentence


def most_moved(run: Run) -> str | None:
    """The feature that the runners' own inputs move farthest; None if there is none."""
    distances = [
        (feature.relative_l2, feature.feature)
        for made in _known(run)
        for feature in made.features
        if feature.relative_l2 is not None
    ]
    return max(distances, key=lambda found: found[0])[1] if distances else None


def moved_cell(run: Run, label: str) -> str:
    """How far a runner's own input moves the feature that `most_moved` names, for a table."""
    made = next((each for each in _known(run) if each.label == label), None)
    if made is None:
        return ABSENT
    if same_input(run, made):
        return ROUNDING
    distance = _distance(made, most_moved(run))
    return ABSENT if distance is None else _percent(distance)


def same_input(run: Run, made: Preprocessing) -> bool:
    """Whether a runner's own input is the shared one, apart from rounding.

    It is if it moves no feature farther than parity allows, or if the tensors are as good as equal.
    """
    if made.rms is not None and made.rms < EQUAL:
        return True
    settings, floors = run.settings, shared_floors(run)
    for entry in made.features:
        limit = settings.max_relative_l2
        if limit is None and settings.floor_factor is not None and entry.feature in floors:
            limit = settings.floor_factor * floors[entry.feature]
        if limit is None or entry.relative_l2 is None or entry.relative_l2 > limit:
            return False
    return bool(made.features)


def _known(run: Run) -> list[Preprocessing]:
    return [made for made in run.preprocessing if made.features]


def _all_same(labels: list[str]) -> str:
    if len(labels) == 1:
        return f"{labels[0]} makes the same input as the shared one, so the features agree as well."
    who = "Both" if len(labels) == 2 else f"All {number(len(labels))}"
    return f"{who} runners make the same input of the file, so their features agree as well."


def _all_moved(labels: list[str], feature: str, moved_by: str, cause: str) -> str:
    why = f" ({cause})" if cause else ""
    against = f"{short(feature)} {moved_by}{why} against the shared input"
    if len(labels) == 1:
        return f"{labels[0]} makes another input of the file, which moves {against}."
    who = "Both" if len(labels) == 2 else f"All {number(len(labels))}"
    return f"{who} runners make the same input of the file; it moves {against}."


def _groups(moved: list[Preprocessing], feature: str) -> Iterator[tuple[list[str], str, str]]:
    """Labels, distance and cause of the runners whose inputs are alike, the farthest first."""
    found: dict[tuple[str, str], list[str]] = {}
    for made in sorted(moved, key=lambda each: -(_distance(each, feature) or 0.0)):
        distance = _distance(made, feature)
        shown = "by an undefined distance" if distance is None else f"by {_percent(distance)}"
        found.setdefault((shown, _cause(made, feature)), []).append(made.label)
    for (shown, cause), labels in found.items():
        yield [short(label) for label in labels], shown, cause


def _clause(labels: list[str], moved_by: str, cause: str) -> str:
    return f"{moved_by} in {joined_some(labels)}" + (f" ({cause})" if cause else "")


def _distance(made: Preprocessing, feature: str | None) -> float | None:
    found = (entry.relative_l2 for entry in made.features if entry.feature == feature)
    return next(found, None)


def _cause(made: Preprocessing, feature: str) -> str:
    """The known mistakes, or the resize if it explains most of the distance."""
    if made.mistakes:
        return f"a known mistake: {joined(made.mistakes)}"
    shares = [e.explained_by_resize for e in made.features if e.feature == feature]
    if made.resize is None or not shares or (shares[0] or 0.0) < _EXPLAINED:
        return ""
    kind, *rest = re.sub(r" \([^)]*\)", "", made.resize).split(", ")
    smoothing = [word for word in rest if "antialias" in word]
    return ("" if made.exact else "close to ") + ", ".join([kind, *smoothing])


def _percent(distance: float) -> str:
    return percent(distance) if distance >= _LEAST_SHARE else f"< {percent(_LEAST_SHARE)}"
