"""What a PyTorch checkpoint holds besides the network's tensors, in words."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from itertools import islice
from typing import Any

from netparity.files.limits import NAME_SHOWN
from netparity.files.pickled_objects import OtherTensor, Placeholder, TensorRef

_MOST_NAMED = 6
_FEW = 8


def is_optimizer(value: Any) -> bool:
    """Whether it is the state of an optimizer of PyTorch, or a list of them."""
    several = value[:_FEW] if isinstance(value, (list, tuple)) else [value]
    return bool(several) and all(
        isinstance(each, dict) and {"state", "param_groups"} <= each.keys() for each in several
    )


def in_python(keys: tuple[str | int, ...]) -> str:
    """How Python reaches what is at these keys: `["state_dict"]`."""
    shown = (json.dumps(key[:NAME_SHOWN]) if isinstance(key, str) else key for key in keys)
    return "".join(f"[{key}]" for key in shown)


def tensors_in_words(count: int) -> str:
    """Such as `2 tensors`."""
    return "1 tensor" if count == 1 else f"{count:,} tensors"


def describe_rest(value: Any, keys: tuple[str | int, ...], used: Container[str]) -> tuple[str, ...]:
    """What is left out of a checkpoint, of which the dictionary at `keys` is read.

    Args:
        used: the tensors that are read.
    """
    seen: set[int] = set()
    for at in _along(value, keys):
        seen.add(id(at))
    words: list[str] = []
    tensors, objects, values = [], [], []
    for name, item in _others(value, keys, used):
        shown = repr(name[:NAME_SHOWN])
        if isinstance(item, (TensorRef, OtherTensor)):
            tensors.append(shown)
        elif isinstance(item, Placeholder):
            objects.append(f"{shown} ({item.kind[:NAME_SHOWN]})")
        elif is_optimizer(item):
            words.append(f"state of an optimizer, {shown} ({tensors_in_words(_count(item, seen))})")
        elif count := _count(item, seen):
            words.append(f"{shown} ({tensors_in_words(count)})")
        else:
            values.append(shown)
    if len(words) > _MOST_NAMED:
        words = [*words[:_MOST_NAMED], f"{len(words) - _MOST_NAMED} other groups of tensors"]
    for kind, names in (
        ("single tensors", tensors),
        ("objects that are not tensors", objects),
        ("values that are not tensors", values),
    ):
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            words.append(f"{kind}: {', '.join(names[:_MOST_NAMED])}{more}")
    return tuple(words)


def _along(value: Any, keys: tuple[str | int, ...]) -> Iterator[Any]:
    """What one passes on the way to the dictionary, itself included."""
    yield value
    for key in keys:
        value = value[key]
        yield value


def _others(
    value: Any, keys: tuple[str | int, ...], used: Container[str]
) -> Iterator[tuple[str, Any]]:
    """The entries beside the way to the dictionary, and those of its own that are not used."""
    for depth, node in enumerate(_along(value, keys)):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, item in items:
            if depth < len(keys):
                if key != keys[depth]:
                    yield _shown(key), item
            elif key not in used and not _is_used_layer(key, item, used):
                yield _shown(key), item


def _shown(key: Any) -> str:
    return "a key that is not a text" if isinstance(key, Placeholder) else str(key)


def _is_used_layer(key: Any, item: Any, used: Container[str]) -> bool:
    return isinstance(item, dict) and any(f"{key}.{role}" in used for role in islice(item, 1))


def _count(value: Any, seen: set[int]) -> int:
    """How many tensors it holds that were not counted before."""
    waiting, count = [value], 0
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, (TensorRef, OtherTensor)):
            count += 1
        elif isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, Placeholder) and node.state is not None:
            waiting.append(node.state)
    return count
