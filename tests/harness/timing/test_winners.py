"""The fastest of several settings, and which of the others were not shown to be slower."""

from __future__ import annotations

from netparity.timing import winner


def test_the_winner_is_ahead_of_all_or_of_some():
    fast = {number: [1.0 + 0.001 * number] for number in range(8)}
    equal = {number: [1.0015 + 0.001 * (7 - number)] for number in range(8)}
    slow = {number: [2.0 + 0.001 * number] for number in range(8)}
    clear = winner({"slow": slow, "fast": fast})
    assert clear is not None and (clear.key, clear.not_shown) == ("fast", ())
    unclear = winner({"slow": slow, "equal": equal, "fast": fast})
    assert unclear is not None
    assert (unclear.key, unclear.not_shown) == ("fast", ("equal",))
    few = winner({"slow": {1: [2.0]}, "fast": {1: [1.0]}})
    assert few is not None and few.not_shown == ("slow",)
    assert winner({}) is None
    assert winner({"a": {1: []}}) is None
