"""The three questions of a comparison, answered in a few sentences each."""

from __future__ import annotations

from dataclasses import dataclass

from netparity.protocol import Run
from netparity.report.agreeing import agreement_words
from netparity.report.costs import cost_words
from netparity.report.headline import missing_words
from netparity.report.own_inputs import own_input_words
from netparity.results.outcomes import NOT_RUN

QUESTIONS = {
    "network": "Given the same tensor",
    "images": "Given the same file",
    "cost": "Cost",
}
"""A heading for every field of `Answers`, in their order."""


@dataclass(frozen=True)
class Answers:
    """The outcome of a run. Each answer is complete sentences that make sense without its heading.

    Attributes:
        network: which runners agree with the reference, given the same tensor.
        images: which agree given the same file, each with its own decoding and resizing.
        cost: seconds, first use and memory of the runners that agree, and what explains them.
    """

    network: str
    images: str
    cost: str

    def with_headings(self) -> list[tuple[str, str]]:
        """Heading and answer of every question, in order."""
        return [(heading, getattr(self, field)) for field, heading in QUESTIONS.items()]


def answers(run: Run, phase: str = "predict") -> Answers:
    """The three answers; `phase` is the one whose seconds are compared."""
    missing = missing_words(run, ("failed", NOT_RUN))
    agreed = agreement_words(run)
    return Answers(
        network=f"{agreed} {missing}" if missing else agreed,
        images=own_input_words(run),
        cost=cost_words(run, phase),
    )
