"""`x[..., ::-1]` and its like: places along axes, and values stacked along a new axis.

`preprocess_input` in a model reverses the channels so: TensorFlow's Keras 2 writes one slice, Keras
3 picks each channel and stacks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import Call

_MOST_PIECES = 64
_ELLIPSIS, _SLICE = "__ellipsis__", "__slice__"


def item(call: Call) -> Value:
    """GetItem, and TensorFlow's `tf.__operators__.getitem`."""
    given = [*call.arguments[1:], *(v for k, v in call.keywords.items() if k != "name")]
    call.fields.get("function")
    if len(given) != 1:
        raise call.fields.refused(f"is called with {len(given)} keys, expected 1")
    value = call.value
    key = given[0] if isinstance(given[0], list) else [given[0]]
    places = _places(call, key, value)
    removed = [axis for axis, place in enumerate(places) if isinstance(place, int)]
    changed = [axis for axis, place in enumerate(places) if place != range(value.keras_shape[axis])]
    kept = value
    for axis in changed:
        place = places[axis]
        listed = [place] if isinstance(place, int) else list(place)
        last = axis == changed[-1] and not removed
        kept = _along(call, kept, value.order[axis], listed, "" if last else "picked")
        call.build.scalings.add(kept.name)  # it may be a part of preprocessing
    if kept is value:
        return call.node("identity")
    return _without(call, kept, removed) if removed else kept


def _places(call: Call, key: list[Any], value: Value) -> list[int | range]:
    """For each of Keras's axes after the batch, the places that are taken."""
    kinds = [entry.get("class_name") if isinstance(entry, Mapping) else None for entry in key]
    if _ELLIPSIS in kinds:
        at = kinds.index(_ELLIPSIS)
        missing = len(value.shape) + 1 - (len(key) - 1)
        key = [*key[:at], *[{}] * max(0, missing), *key[at + 1 :]]
    key = [*key, *[{}] * (len(value.shape) + 1 - len(key))]
    if len(key) != len(value.shape) + 1 or _taken(call, key[0], 2) != range(2):
        raise call.fields.refused("takes some of the images, or adds an axis")
    return [
        _taken(call, entry, size) for entry, size in zip(key[1:], value.keras_shape, strict=True)
    ]


def _taken(call: Call, entry: Any, size: int) -> int | range:
    if type(entry) is int and -size <= entry < size:
        return entry % size
    if isinstance(entry, Mapping):
        inside = entry.get("config") if entry.get("class_name") == _SLICE else entry
        inside = inside if isinstance(inside, Mapping) else {"start": ""}
        numbers = [inside.get(name) for name in ("start", "stop", "step")]
        whole = all(number is None or type(number) is int for number in numbers)
        if whole and numbers[2] != 0:
            taken = range(size)[slice(*numbers)]
            if len(taken):
                return taken
    raise call.fields.refused(f"has the key {str(entry)[:60]!r}, which netparity cannot read")


def _along(call: Call, value: Value, axis: int, places: list[int], suffix: str) -> Value:
    """The places of one of the graph's axes, in any order: pieces, one after the other."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    if len(runs) > _MOST_PIECES:
        raise call.fields.refused(
            f"takes {len(runs)} pieces of an axis; netparity reads {_MOST_PIECES}"
        )
    own = suffix if len(runs) == 1 else "piece"
    pieces = [_piece(call, value, axis, run[0], run[-1] + 1, own) for run in runs]
    if len(pieces) == 1:
        return pieces[0]
    return call.node("concat", pieces, {"axis": axis - len(value.shape)}, suffix=suffix)


def _piece(call: Call, value: Value, axis: int, start: int, stop: int, suffix: str) -> Value:
    size = value.shape[axis]
    crops = tuple(
        (start, size - stop) if place == axis else (0, 0) for place in range(len(value.shape))
    )
    return call.node("crop", [value], {"crops": crops}, suffix=suffix)


def _without(call: Call, value: Value, axes: Sequence[int]) -> Value:
    """The value without these of Keras's axes, which have one place each."""
    plain = call.plain(value)
    shape = tuple(size for axis, size in enumerate(plain.shape) if axis not in axes)
    if not shape:
        raise call.fields.refused("takes a single value of each image")
    order = tuple(range(len(shape)))
    made = call.node("reshape", [plain], {"shape": shape}, order=order)
    if len(axes) == 1:
        call.build.picks[made.name] = (value, axes[0])
    return made


def stack(call: Call) -> Value:
    """Stack(axis): values along a new axis; picked places are joined as they are."""
    values = list(call.inputs)
    if not values or len({value.keras_shape for value in values}) != 1:
        raise call.fields.refused("stacks values of different shapes")
    rank = len(values[0].shape) + 1
    axis = call.fields.whole("axis", default=0)
    place = axis - 1 if axis > 0 else axis + rank
    if axis == 0 or not 0 <= place < rank:
        raise call.fields.refused(f"stacks along axis {axis}, expected one after the images")
    picked = [call.build.picks.get(value.name) for value in values]
    if all(pick is not None and pick[1] == place for pick in picked):
        parts = [pick[0] for pick in picked if pick is not None]
        parts = [call.arranged(parts[0].order, part) for part in parts]
        call.build.dropped |= {value.name for value in values}
        call.build.scalings.add(call.name)
        return call.node("concat", parts, {"axis": parts[0].order[place] - rank})
    parts = []
    for value in map(call.plain, values):
        shape = (*value.shape[:place], 1, *value.shape[place:])
        order = tuple(range(rank))
        parts.append(
            call.node("reshape", [value], {"shape": shape}, suffix="expanded", order=order)
        )
    return call.node("concat", parts, {"axis": place - rank})
