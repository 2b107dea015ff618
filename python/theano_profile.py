"""What Theano's own profiler reports about the functions that a process compiled and called.

THEANO_FLAGS=profile=True switches it on; it slows each call slightly.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

# Ops that only reorder axes. DimShuffle gives a view; the others copy it.
SHUFFLES = ("DimShuffle", "ContiguousArray", "DeepCopyOp")


def functions_so_far(theano: Any) -> list[Any]:
    """Return the profiles of all compiled functions, oldest first."""
    return list(theano.compile.profiling._atexit_print_list)


def in_words(profiles: list[Any]) -> dict[str, str]:
    """Return the seconds of compiling and calling, and each kind of operation's share of the calls.

    Compiling includes optimising the graph, generating C code, and the compiler or its cache and
    the linker.
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
