"""The predictions of a process, cut into the blocks of its turns."""

from __future__ import annotations

import pytest

from netparity.protocol import RunResult, Threads, Usage
from netparity.run.acceptance import ProcessFailedError
from netparity.run.blocks import Asked, cut_blocks

ASKED = [Asked(1, 0.5, 2), Asked(2, 1.5, 1)]


def result(usage: list[Usage], seconds: tuple[float, ...] = (0.1, 0.2, 0.3)) -> RunResult:
    return RunResult(
        schema_version=1,
        status="ok",
        threads=Threads(requested=1),
        phases={"predict": list(seconds)},
        usage={"predict": usage} if usage else {},
    )


def test_what_was_used_is_summed_over_the_values_of_a_block() -> None:
    usage = [
        Usage(user_seconds=0.1, major_faults=1, stolen_seconds=0.0),
        Usage(user_seconds=0.2, major_faults=2, stolen_seconds=0.01),
        Usage(user_seconds=0.4, stolen_seconds=0.02),
    ]
    first, second = cut_blocks(result(usage), ASKED)
    assert (first.turn, first.begun_seconds, first.seconds) == (1, 0.5, [0.1, 0.2])
    assert first.user_seconds == pytest.approx(0.3)
    assert (first.major_faults, first.stolen_seconds) == (3, 0.01)
    assert (second.turn, second.seconds, second.user_seconds) == (2, [0.3], 0.4)


def test_what_is_not_known_is_null_and_never_zero() -> None:
    usage = [Usage(user_seconds=0.1), Usage(), Usage(user_seconds=0.4)]
    first, second = cut_blocks(result(usage), ASKED)
    assert (first.user_seconds, second.user_seconds) == (None, 0.4)
    assert first.system_seconds is None
    assert all(block.user_seconds is None for block in cut_blocks(result([]), ASKED))
    # One entry too few: nobody knows which value it belongs to.
    assert all(block.user_seconds is None for block in cut_blocks(result(usage[:2]), ASKED))


@pytest.mark.parametrize("seconds", [(), (0.1, 0.2), (0.1, 0.2, 0.3, 0.4)])
def test_another_number_of_values_than_was_asked_for(seconds: tuple[float, ...]) -> None:
    words = f"its result has {len(seconds)} values of predict, but it was asked for 3"
    with pytest.raises(ProcessFailedError, match=words):
        cut_blocks(result([], seconds), ASKED)
