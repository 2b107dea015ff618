"""A round whose processes take turns: real processes, whose work is a few lines of Python."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import chain, count, pairwise
from pathlib import Path

import pytest

from netparity.results.folder import RunFolder
from netparity.run import seat
from netparity.run.interleaving import interleave
from netparity.run.process import Outcome, Turn, prepare
from netparity.runners.environments import Environments
from netparity.system.energy import Counter
from netparity.weights import WeightSet, resolve
from tests.support.fake_extractors import TINY, assignment, fake
from tests.support.processes import is_gone, wait_for

# Each block of predictions notes when it began and ended, on the clock that all processes share.
NOTES = """
pids = os.path.join(os.path.dirname(job["output_dir"]), "..", "..", "pids")
with open(pids, "a") as file:
    print(os.getpid(), file=file)

def noted(turn, seconds=0.02):
    begun = time.monotonic()
    time.sleep(seconds)
    with open(os.path.join(out, "notes"), "a") as file:
        print(turn, begun, time.monotonic(), file=file)
    return seconds
"""
HEALTHY = NOTES + "answer_turns(noted)"
SLOW = NOTES + "answer_turns(lambda turn: noted(turn, 0.4))"


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "results")


@pytest.fixture(scope="module")
def weights() -> WeightSet:
    return resolve("synthetic:0", TINY)


class Round:
    """One round of fake extractors, by label."""

    def __init__(self, store: RunFolder, weights: WeightSet) -> None:
        self.store, self.weights = store, weights
        self.happened: list[tuple[str, str]] = []

    def begin(
        self, codes: Mapping[str, str], repeats: int | None = 8, timeout: float = 30.0
    ) -> Iterator[tuple[str, Outcome]]:
        told = assignment(self.store, self.weights, timeout)
        entries = []
        for place, (label, code) in enumerate(codes.items(), start=1):
            turn = Turn(position=place, round=1, order=place)
            rest = (fake(code, label), told, self.store, Environments(), turn)
            entries.append((label, partial(prepare, *rest)))
        note = lambda label, words: self.happened.append((label, words))  # noqa: E731
        return interleave(entries, repeats, random.Random(1), note)

    def run(self, codes: Mapping[str, str], **settings) -> dict[str, Outcome]:
        outcomes = dict(self.begin(codes, **settings))
        self.assert_nothing_is_left()
        return outcomes

    def notes(self, outcome: Outcome) -> list[tuple[int, float, float]]:
        lines = (outcome.folder / "notes").read_text().splitlines()
        return [(int(n), float(a), float(b)) for n, a, b in map(str.split, lines)]

    def assert_nothing_is_left(self) -> None:
        pids = (self.store.path / "pids").read_text().split()
        wait_for(lambda: all(is_gone(int(pid)) for pid in pids))
        for file in self.store.path.rglob("job.json"):
            assert not Path(json.loads(file.read_text())["turns"]["folder"]).exists()


@pytest.fixture
def a_round(store: RunFolder, weights: WeightSet) -> Round:
    return Round(store, weights)


def test_processes_take_turns_and_only_one_of_them_works_at_any_time(a_round: Round) -> None:
    outcomes = a_round.run(dict.fromkeys("abc", HEALTHY))
    assert [outcome.record.status for outcome in outcomes.values()] == ["ok"] * 3
    spans = sorted(
        (begun, ended, label)
        for label, outcome in outcomes.items()
        for _, begun, ended in a_round.notes(outcome)
    )
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    # In each of the four turns every process has a block of two values, in another order.
    order = "".join(label for _, _, label in spans)
    turns = [order[start : start + 6 : 2] for start in range(0, 24, 6)]
    assert order == "".join(2 * label for label in "".join(turns))
    assert all(sorted(turn) == ["a", "b", "c"] for turn in turns)
    assert len(set(turns)) > 1
    # The seed alone decides on the order.
    drawn = random.Random(1)
    places = ["0", "1", "2"]
    expected = [drawn.sample(places, 3) for _ in range(4)]
    assert [["abc".index(label) for label in turn] for turn in turns] == [
        [int(place) for place in turn] for turn in expected
    ]


def test_blocks_hold_the_values_of_each_turn_and_when_it_began(a_round: Round) -> None:
    outcomes = a_round.run(dict.fromkeys("ab", HEALTHY), repeats=5)
    for outcome in outcomes.values():
        blocks = outcome.record.blocks
        assert blocks is not None
        assert [block.turn for block in blocks] == [1, 2, 3, 4]
        assert [len(block.seconds) for block in blocks] == [2, 1, 1, 1]
        values = chain.from_iterable(block.seconds for block in blocks)
        assert list(values) == outcome.record.phases["predict"]
        assert all(block.user_seconds is None for block in blocks)  # these extractors do not say
    begun = sorted(
        (block.begun_seconds, block.turn)
        for outcome in outcomes.values()
        for block in outcome.record.blocks or []
    )
    assert [turn for _, turn in begun] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_the_order_of_starts_is_kept_and_every_start_is_alone(a_round: Round) -> None:
    a_round.run(dict.fromkeys("ba", HEALTHY), repeats=1)
    assert [entry for entry in a_round.happened if entry[1] in ("starting", "ending")] == [
        *(("b", "starting"), ("a", "starting"), ("b", "ending"), ("a", "ending")),
    ]


FAULTS = {
    "dies at its start": ("os.kill(os.getpid(), signal.SIGKILL)", "was ended by SIGKILL"),
    "dies in a turn": (
        "answer_turns(lambda turn: os.kill(os.getpid(), signal.SIGSEGV) if turn > 1 else 0.1)",
        "was ended by SIGSEGV",
    ),
    "is killed while it waits": (
        "os.system('(sleep 0.3; kill -9 %d) &' % os.getpid()); answer_turns()",
        "was ended by SIGKILL",
    ),
    "ends in the middle": ("gate(); gate(); sys.exit(0)", "ended with exit status 0"),
    "fails at its end": (
        "while gate()[0]: pass\nanswer(status='failed', error={'kind': 'E', 'message': 'no'})",
        "E: no",
    ),
    "writes nonsense": (
        "open(job['turns']['folder'] + '/ready', 'w').write('x\\n'); time.sleep(60)",
        "it wrote 'x' to the pipe 'ready'",
    ),
    "writes no end of it": (
        "open(job['turns']['folder'] + '/ready', 'w').write('1' * 5000); time.sleep(60)",
        "to the pipe 'ready'",
    ),
    "measures too little": (
        "while gate()[0]: pass\nanswer()",
        "its result has 2 values of predict, but it was asked for 8 in its turns",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_process_that_fails_costs_the_others_nothing(a_round: Round, fault: str) -> None:
    code, reason = FAULTS[fault]
    slower = NOTES + "answer_turns(lambda turn: noted(turn, 0.1))"
    outcomes = a_round.run({"a": slower, "bad": NOTES + code, "c": HEALTHY})
    failed = outcomes["bad"].record
    assert failed.status == "failed"
    assert failed.reason is not None and reason in failed.reason
    for label in "ac":
        record = outcomes[label].record
        assert (record.status, len(record.phases["predict"])) == ("ok", 8)
        assert [block.turn for block in record.blocks or []] == [1, 2, 3, 4]


def test_a_process_that_hangs_is_ended_at_its_own_timeout(a_round: Round) -> None:
    hangs = NOTES + "answer_turns(lambda turn: time.sleep(60) if turn > 1 else 0.1)"
    begun = time.monotonic()
    outcomes = a_round.run({"hangs": hangs, "b": HEALTHY}, timeout=2.0)
    assert "was stopped at its timeout" in (outcomes["hangs"].record.reason or "")
    # The other one was alive for longer than two seconds, nearly all of the time stopped.
    assert time.monotonic() - begun > 2.0
    record = outcomes["b"].record
    assert (record.status, len(record.phases["predict"])) == ("ok", 8)
    assert record.wall_seconds < 2.0


def test_a_program_that_knows_no_turns_runs_as_it_always_did(a_round: Round) -> None:
    outcomes = a_round.run({"a": HEALTHY, "plain": NOTES + "answer()", "c": HEALTHY})
    plain = outcomes["plain"].record
    assert (plain.status, plain.phases["predict"], plain.blocks) == ("ok", [0.1, 0.2], None)
    assert all(len(outcomes[label].record.blocks or []) == 4 for label in "ac")


def test_a_process_whose_timings_do_not_count_is_run_again_alone(a_round: Round) -> None:
    again = """
    if os.path.isdir(job["turns"]["folder"]):
        while gate()[0]:
            pass
        answer(flags={"again": "yes"}, phases={"load": [9.0], "preprocess": [0.1],
               "predict_first": [0.3], "predict": [0.1] * 8})
    else:
        answer()
    """
    outcomes = a_round.run({"a": HEALTHY, "again": NOTES + again.replace("\n    ", "\n")})
    record = outcomes["again"].record
    assert (record.status, record.phases["load"], record.blocks) == ("ok", [0.5], None)
    assert record.wasted_seconds > 0


def test_what_waits_uses_no_processor_however_awake_its_threads_are(a_round: Round) -> None:
    spinning = """
import threading

def spin():
    while True:
        pass

def used():
    times = os.times()
    return times.user + times.system

threading.Thread(target=spin, daemon=True).start()
slept = []
while True:
    before = used()
    values, _ = gate()
    slept.append(used() - before)
    if not values:
        break
answer(phases={"load": [0.5], "preprocess": [0.1], "predict_first": [0.3], "predict": [0.1] * 8},
       flags={"slept": "%f" % max(slept[1:])})
"""
    outcomes = a_round.run({"spins": NOTES + spinning, "slow": SLOW})
    result = outcomes["spins"].result
    assert result is not None
    # Two values of 0.4 s lie between its blocks; its thread would have used as much.
    assert float(result.flags["slept"]) < 0.3


def test_nothing_is_left_when_the_round_is_broken_off(a_round: Round) -> None:
    codes = {"plain": NOTES + "answer()", "a": HEALTHY, "b": HEALTHY, "fails": NOTES + "1 / 0"}
    with closing(a_round.begin(codes)) as outcomes, pytest.raises(KeyboardInterrupt):
        for label, _ in outcomes:
            if label == "fails":
                raise KeyboardInterrupt
    a_round.assert_nothing_is_left()


def test_values_are_chosen_from_what_they_cost(a_round: Round) -> None:
    outcomes = a_round.run(dict.fromkeys("ab", HEALTHY), repeats=None)
    # They say that a call takes 1 ms: as many values as there may be, in every one of their turns.
    for outcome in outcomes.values():
        assert len(outcome.record.phases["predict"]) == 60


def test_the_energy_of_a_turn_is_that_of_its_values(
    a_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = count()
    monkeypatch.setattr(
        seat,
        "read_energy",
        lambda: {"intel-rapl:0": Counter(3_000_000 * next(readings), 2**40)},
    )
    outcomes = a_round.run({"a": HEALTHY}, repeats=6)
    blocks = outcomes["a"].record.blocks
    # Each turn lies between two readings, 3 J apart: a call that does not count, and its values.
    counts = [len(block.seconds) for block in blocks]
    expected = [pytest.approx(3 * values / (values + 1)) for values in counts]
    assert [block.energy_joules for block in blocks] == expected


def test_without_counters_there_is_no_energy(
    a_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat, "read_energy", lambda: None)
    blocks = a_round.run({"a": HEALTHY}, repeats=6)["a"].record.blocks
    assert {block.energy_joules for block in blocks} == {None}
