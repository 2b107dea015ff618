"""Restore what Python 3.10 and 3.11 removed and Keras 2.x and Theano 1.0.5 still use.

These are only names: they cannot change a feature.
"""

from __future__ import annotations

import collections
import collections.abc
import inspect

# Removed from `collections` in Python 3.10; Keras 2.x uses them there to check the arguments of
# compile() and fit().
ABC_NAMES = (
    "Callable",
    "Container",
    "Hashable",
    "Iterable",
    "Iterator",
    "Mapping",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "Sequence",
    "Set",
    "Sized",
)


def restore_removed_names() -> None:
    """Add the missing names. Call before importing Theano or Keras 2.x."""
    for name in ABC_NAMES:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    # Removed in Python 3.11; Keras before 2.2 inspects layers with it. The newer function has the
    # same first four fields, which are all that Keras reads.
    if not hasattr(inspect, "getargspec"):
        inspect.getargspec = inspect.getfullargspec  # type: ignore[attr-defined]
