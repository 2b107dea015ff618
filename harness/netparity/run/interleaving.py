"""A round whose processes take turns.

Every process starts and loads alone, one after the other, and then waits, stopped. Then they take
turns: a block of predictions each, in an order that is shuffled for every turn. At last they save
their features and end, again one after the other. Only one of them runs at any time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from netparity.run.process import Outcome, Process
from netparity.run.seat import Seat
from netparity.timing import plan_turns

Key = TypeVar("Key")
Prepare = Callable[[Path], Process]


def interleave(
    entries: Sequence[tuple[Key, Prepare]],
    repeats: int | None,
    generator: random.Random,
    note: Callable[[Key, str], None],
    expect: Callable[[float], None] = lambda seconds: None,
) -> Generator[tuple[Key, Outcome]]:
    """Run one round; yield the outcome of every process as soon as it has ended.

    A process that fails, or that does not take turns, ends when it ends, and the others go on
    without it. Whatever is still alive when the caller stops asking is ended.

    Args:
        entries: a key, and what prepares a process for the gate in a folder; in the order of their
            starts.
        repeats: number of values of each process; None to choose it from what they cost.
        generator: draws the order within each turn.
        note: is told what happens now to which entry.
        expect: is told before each turn how many seconds the round will still take.
    """
    begun = time.monotonic()
    waiting: list[tuple[Key, Seat]] = []
    with ExitStack() as seats, _ended_together(waiting):
        for key, prepare in entries:
            seat = Seat(prepare, begun)
            seats.callback(seat.close)
            note(key, "starting")
            if seat.start():
                waiting.append((key, seat))
            else:
                yield key, seat.outcome()
        places = {str(place): each for place, each in enumerate(waiting)}
        costs = {name: seat.cost for name, (_, seat) in places.items() if seat.cost is not None}
        plan = plan_turns(costs, repeats)
        for turn in range(plan.turns):
            expect(plan.seconds_left({name: costs[name] for name in places}, turn))
            for name in generator.sample(list(places), len(places)):
                key, seat = places[name]
                note(key, f"turn {turn + 1} of {plan.turns}")
                if not seat.measure(turn + 1, plan.values[name][turn], plan.uncounted[name]):
                    del places[name]
                    yield key, seat.outcome()
        for key, seat in places.values():
            note(key, "ending")
            seat.finish()
            yield key, seat.outcome()


@contextmanager
def _ended_together(waiting: Sequence[tuple[Key, Seat]]) -> Iterator[None]:
    """If the block is broken off, have all processes end at the same time."""
    try:
        yield
    except BaseException:
        for _, seat in waiting:
            seat.ask_to_end()
        raise
