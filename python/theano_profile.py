"""What Theano's own profiler says of the functions that a process compiled and called.

It is switched on by THEANO_FLAGS=profile=True, and slows each call a little.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

# Ops that only order axes anew. DimShuffle is a view; the others copy what it has turned.
SHUFFLES = ("DimShuffle", "ContiguousArray", "DeepCopyOp")


def functions_so_far(theano: Any) -> list[Any]:
    """Return the profiles of all functions that were compiled, the oldest first."""
    return list(theano.compile.profiling._atexit_print_list)


def in_words(profiles: list[Any]) -> dict[str, str]:
    """Return seconds of compiling and calling, and each kind of operation's share of the calls.

    Compiling is the making of the C code and the graph's optimisation, and what the linker and the
    compiler or its cache took.
    """
    inside: Counter[str] = Counter()
    for profile in profiles:
        for op, seconds in profile.class_time().items():
            inside[op.__name__] += seconds
    total = sum(inside.values())
    shares = [
        f"{name} {100 * seconds / total:.2f} %" for name, seconds in inside.most_common() if total
    ]
    return {
        "functions": str(len(profiles)),
        "compile_seconds": f"{sum(each.compile_time for each in profiles):.3f}",
        "calls": str(sum(each.fct_callcount for each in profiles)),
        "call_seconds": f"{sum(each.fct_call_time for each in profiles):.3f}",
        "shuffle_seconds": f"{sum(inside[name] for name in SHUFFLES):.6f}",
        "operations": ", ".join(shares),
    }
