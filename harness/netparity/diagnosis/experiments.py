"""What to try next, to tell equally good explanations apart or to narrow down an unexplained error.

It follows from how the explanations differ: in the layer at which they act, or in what their
effect depends on (`aspects.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from netparity.diagnosis import aspects
from netparity.diagnosis.aspects import IMAGE_PROPERTIES, aspect_of
from netparity.diagnosis.findings import INPUT_PLACE, Cause, Experiment, Explanation, Finding
from netparity.networks import Network, Node
from netparity.parity.passes import segment_before

_WORDS: Mapping[str, str] = {
    "repeat": "compute the feature twice in one process: dropout changes it, nothing else does",
    "batch-of-2": "run once with a batch of 2 images",
    "batch-of-1": "run once with each image alone",
    "save-layer": "save {detail} as well and check both",
    "save-input": "save the tensor that the network is given, and check with it (--input)",
    "other-image": "check another image{detail}",
    "as-png": "save the image as an 8-bit PNG without metadata, and compute its feature again",
    "weights": "compare the weights of {detail} in the tool with those of the file",
    "float32": "run once in float32 on a processor (CPU)",
    "settings": "compare the settings of {detail} in the tool with the network's",
}

_BY_ONE_SIDE: Mapping[str, str] = {
    aspects.REPEAT: "repeat",
    aspects.BATCH: "batch",
    aspects.PRECISION: "float32",
}
"""What shows a mistake of this aspect, where the other explanation has none; the cheapest first."""


def in_words(experiment: Experiment) -> str:
    """An experiment as a request, for example "save conv1_1 as well and check both"."""
    return _WORDS[experiment.kind].format(detail=experiment.detail)


@dataclass(frozen=True)
class Setting:
    """What was computed until now.

    Attributes:
        known: the nodes whose features were given.
        images: how many images they are of.
    """

    network: Network
    known: Collection[str]
    images: int


def with_experiments(finding: Finding, setting: Setting) -> Finding:
    """The finding with what to try next; none if a single explanation is confirmed."""
    if finding.explanation is None:
        found = list(_narrowing(finding, setting))
    else:
        found = _telling_apart(finding, [finding.explanation, *finding.alternatives], setting)
    return replace(finding, experiments=tuple(found))


def _telling_apart(
    finding: Finding, explanations: Sequence[Explanation], setting: Setting
) -> list[Experiment]:
    """The experiments that tell the best explanation from the others, the most telling first."""
    best, *others = (frozenset(each.causes) for each in explanations)
    found: dict[tuple[str, str], int] = {}
    properties: dict[str, None] = {}
    images = 0
    for other in others:
        kind, detail = next(_between(best - other, other - best, finding, setting))
        if kind == "batch":
            kind = "batch-of-2" if setting.images == 1 else "batch-of-1"
        if kind == "other-image":
            images += 1
            properties |= dict.fromkeys(detail.split(",") if detail else ())
        else:
            found[kind, detail] = found.get((kind, detail), 0) + 1
    if images:
        texts = [IMAGE_PROPERTIES[aspect] for aspect in properties]
        found["other-image", f" that {' and '.join(texts)}" if texts else ""] = images
    made = [Experiment(kind, detail, count) for (kind, detail), count in found.items()]
    return sorted(made, key=lambda experiment: -experiment.separates)


def _between(
    first: Collection[Cause], second: Collection[Cause], finding: Finding, setting: Setting
) -> Iterator[tuple[str, str]]:
    """Kind and detail of what tells two explanations apart, the surest first.

    Args:
        first: the causes that the second explanation has not.
        second: those that the first has not.
    """
    mine, theirs = ({aspect_of(cause) for cause in causes} for causes in (first, second))
    both = mine | theirs
    for aspect, kind in _BY_ONE_SIDE.items():
        if (aspect in mine) != (aspect in theirs):
            yield kind, ""
    follower = _follower(finding, setting)
    if (aspects.READING in mine) != (aspects.READING in theirs) and follower is not None:
        yield "save-layer", follower
    places = [_first_place(causes, setting.network) for causes in (first, second)]
    place = min(places, key=lambda place: _rank(place, setting.network))
    if aspects.WEIGHTS in both:
        yield "weights", finding.place if place == INPUT_PLACE else place
    if places[0] != places[1] and place == INPUT_PLACE:
        yield "save-input", ""
    elif places[0] != places[1] and place != finding.place:
        yield "save-layer", place
    if aspects.FILE in both:
        yield "as-png", ""
    yield "other-image", ",".join(aspect for aspect in IMAGE_PROPERTIES if aspect in both)


def _first_place(causes: Collection[Cause], network: Network) -> str:
    """Where the first of these mistakes acts; nowhere, which is the furthest, if there is none."""
    places = [cause.place for cause in causes]
    return min(places, key=lambda place: _rank(place, network), default="")


def _rank(place: str, network: Network) -> int:
    """How far from the input a place is; what is not a place is the furthest."""
    if place == INPUT_PLACE:
        return -1
    names = [node.name for node in network.nodes]
    return names.index(place) if place in network.by_name else len(names)


def _follower(finding: Finding, setting: Setting) -> str | None:
    """The next feature that is computed from the judged one; None if it was given or is none."""
    network = setting.network
    waiting = [*network.readers.get(finding.place, ())]
    while waiting:
        node = waiting.pop(0)
        if not node.inner:
            return None if node.name in setting.known else node.name
        waiting += network.readers[node.name]
    return None


def _narrowing(finding: Finding, setting: Setting) -> Iterator[Experiment]:
    """What halves the layers between which an unexplained mistake lies."""
    node = setting.network.by_name.get(finding.place)
    if node is None:
        return
    segment = segment_before(setting.network, set(setting.known) - {node.name}, node)
    between = [each for each in segment.nodes if not each.inner and each is not node]
    if segment.from_input:
        yield Experiment("save-input")
    if between:
        yield Experiment("save-layer", between[len(between) // 2].name)
    else:
        yield from (Experiment(kind, node.name) for kind in _of_layer(segment.nodes))


def _of_layer(nodes: Sequence[Node]) -> Iterator[str]:
    if any(node.tensors for node in nodes):
        yield "weights"
    yield "settings"
