"""Is a mistake named if only one feature, many layers behind it, is known?

    .venv/bin/python -m benchmarks.planted_behind [--networks ...] [--each 2] [--pairs 10]

Every mistake that an operation declares is made in a float32 evaluation, at random nodes and at all
nodes at once, and every feature but one is forgotten. So are weights of another file, and pairs of
mistakes. A case is right if the diagnosis confirms the mistakes, alone or among alternatives that
explain as much.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks import network_called
from netparity.networks.ops.base import Mistake
from netparity.parity import Rule
from netparity.parity.floor import relative_l2
from netparity.weights import synthetic
from tests.support.graph_subject import GraphSubject

NETWORKS = ("vgg16-tiny", "alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny")
FEWEST_VALUES = 64
BUDGET_SECONDS = 60.0
OTHER = "other.npz"

Made = Mapping[str, Sequence[Mistake]]


@dataclass(frozen=True)
class Case:
    """Mistakes, and what the diagnosis must name.

    Attributes:
        made: node to mistakes.
        other_weights: whether the weights of another file are used as well.
    """

    title: str
    made: Made
    other_weights: bool = False


def last_feature(subject: GraphSubject) -> str:
    """The last feature with enough values, before any softmax."""
    return next(
        node.name
        for node in reversed(subject.network.features)
        if node.op != "softmax"
        and subject.truth.reference[node.name].size >= FEWEST_VALUES * len(subject.x)
    )


def cases(subject: GraphSubject, each: int, pairs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Single mistakes, the same mistake everywhere, other weights, and pairs."""
    places: dict[str, list[tuple[str, Mistake]]] = {}
    before = _before(subject, last_feature(subject))
    for node in subject.network.nodes:
        if node.name in before:
            for mistake in mistakes_of(subject.network, node):
                if not mistake.key.startswith(("precision-", "policy-")):
                    places.setdefault(mistake.key, []).append((node.name, mistake))
    yield Case("other weights", {}, other_weights=True)
    for key, found in places.items():
        chosen = rng.permutation(len(found))[:each]
        for name, mistake in (found[place] for place in chosen):
            yield Case(f"{key} at {name}", {name: (mistake,)})
        if len(found) > 1:
            yield Case(f"{key} everywhere", {name: (mistake,) for name, mistake in found})
    keys = list(places)
    for _ in range(pairs):
        first, second = (keys[place] for place in rng.permutation(len(keys))[:2])
        made: dict[str, Sequence[Mistake]] = {}
        for key in (first, second):
            name, mistake = places[key][int(rng.integers(len(places[key])))]
            made[name] = (*made.get(name, ()), mistake)
        if len(made) == 2:
            names = " and ".join(f"{mistakes[0].key} at {name}" for name, mistakes in made.items())
            yield Case(names, made)


def _before(subject: GraphSubject, name: str) -> set[str]:
    """The nodes that a feature depends on."""
    found, waiting = {name}, [name]
    while waiting:
        for given in subject.network.by_name[waiting.pop()].inputs:
            if given in subject.network.by_name and given not in found:
                found.add(given)
                waiting.append(given)
    return found


def is_right(subject: GraphSubject, case: Case, diagnosis: Diagnosis) -> bool:
    """Whether one of the confirmed explanations names exactly what was made."""
    wanted = {
        (mistake.key, subject.network.owner(subject.network.by_name[name]))
        for name, mistakes in case.made.items()
        for mistake in mistakes
    }
    if case.other_weights:
        wanted.add(("weights-other", last_feature(subject)))
    explanations = [
        explanation
        for finding in diagnosis.findings
        for explanation in (finding.explanation, *finding.alternatives)
        if explanation is not None and explanation.confirmed
    ]
    return any({(c.mistake, c.place) for c in each.causes} == wanted for each in explanations)


def diagnosed(subject: GraphSubject, case: Case) -> tuple[float, bool, str]:
    """The error at the feature, whether the diagnosis is right, and what it says."""
    last, others = last_feature(subject), {OTHER: synthetic.make(subject.network, 77)}
    weights = others[OTHER] if case.other_weights else None
    values = subject.run(case.made, weights=weights)[last]
    error = relative_l2(values, subject.clean[last])
    if not np.isfinite(values).all() or error < 100 * subject.truth.floors[last]:
        return 0.0, True, "without effect"
    ends = time.monotonic() + BUDGET_SECONDS
    search = Search(subject.truth, Rule(), others=others, over=lambda: time.monotonic() > ends)
    diagnosis = search.diagnose("numpy", {last: values}, lambda name: None)
    causes = [
        f"{'confirmed' if each.confirmed else 'suspected'} {each.causes}"
        for finding in diagnosis.findings
        for each in [finding.explanation]
        if each is not None
    ]
    return error, is_right(subject, case, diagnosis), "; ".join(causes) or "no cause"


def main() -> None:
    """Plant, diagnose, count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--each", type=int, default=2, help="nodes per mistake")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of mistakes per network")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    seconds: list[float] = []
    for name in arguments.networks:
        subject = GraphSubject(network_called(name), arguments.seed, images=1)
        rng = np.random.default_rng(arguments.seed)
        for case in cases(subject, arguments.each, arguments.pairs, rng):
            begun = time.monotonic()
            error, right, words = diagnosed(subject, case)
            if not error:
                counts["without effect"] += 1
                continue
            seconds.append(time.monotonic() - begun)
            kind = "pair" if len(case.made) == 2 and " and " in case.title else "single"
            counts[f"{kind}, {'right' if right else 'wrong'}"] += 1
            if not right:
                print(f"{name}, {case.title}: error {error:.1e}, {words}", flush=True)
        print(f"{name}: {dict(counts)}, longest {max(seconds):.0f} s", flush=True)


if __name__ == "__main__":
    main()
