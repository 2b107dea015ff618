"""HDF5, read after another process has examined the file."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from netparity.files import hdf5_examination, hdf5_tree
from netparity.files.hdf5_tree import Array, Group, Item, Link
from netparity.files.hdf5_values import Place
from netparity.files.limits import MOST_TEXT, NAME_SHOWN, DamagedError, Limits
from netparity.files.stored import Stored, Unreadable
from netparity.system.launch import Command, ask

__all__ = ["Array", "Group", "Item", "Link", "Place", "floats", "looks_like", "member", "read"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_USER_BLOCKS = (0, 512, 1024, 2048, 4096)
_WALL_SECONDS = 20
_TRIES = 2


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is HDF5, perhaps after a user block."""
    return any(head[start:].startswith(SIGNATURE) for start in _USER_BLOCKS)


def read(place: Place, limits: Limits) -> Group:
    """The root of a file, and with it everything but values.

    Raises:
        DamagedError: what the examination found, or that the file made it fail.
    """
    _examine(place, limits)
    root = hdf5_tree.objects(place, limits)[0]
    assert isinstance(root, Group)
    return root


def _examine(place: Place, limits: Limits) -> None:
    """Start the process that examines a file."""
    with place.path.open("rb") as file:
        file.seek(place.start)
        if not looks_like(file.read(_USER_BLOCKS[-1] + len(SIGNATURE))):
            raise DamagedError("HDF5's signature is missing")
    path = place.path.absolute()
    order = {"path": str(path), "start": place.start, "size": place.size}
    order["limits"] = asdict(limits)
    # -P: nothing is imported from the current folder, which may hold anything.
    child = [sys.executable, "-P", "-m", hdf5_examination.__name__, json.dumps(order)]
    seconds = hdf5_examination.seconds_for(path.stat().st_size)
    for _ in range(_TRIES):  # on a busy machine even a good file may run into the limits
        code, printed = ask(Command(child), Path.cwd(), _WALL_SECONDS + 10 * seconds)
        if code == hdf5_examination.FINE:
            return
        if code == hdf5_examination.REFUSED and (printed := printed.strip()):
            raise DamagedError(printed.replace(str(path), str(place.path)))
    raise DamagedError("the HDF5 library fails on it, or takes too much time or memory")


def member(group: Item, name: str) -> Group | Array:
    """A member by its name, or by several with slashes between.

    Raises:
        DamagedError: if it is missing or is a link.
    """
    found: Item | None = group
    for part in name.split("/"):
        if not isinstance(found, Group):
            raise DamagedError(f"there is no group that holds {name[:NAME_SHOWN]!r}")
        found = found.members.get(part)
    if isinstance(found, Link):
        raise DamagedError(f"{name[:NAME_SHOWN]!r} is a link, which is not followed")
    if found is None:
        raise DamagedError(f"{name[:NAME_SHOWN]!r} is missing")
    return found


def group(parent: Item, name: str) -> Group:
    """A member that is a group.

    Raises:
        DamagedError: if it is none, is missing or is a link.
    """
    found = member(parent, name)
    if not isinstance(found, Group):
        raise DamagedError(f"{name[:NAME_SHOWN]!r} is not a group")
    return found


def floats(item: Item, name: str) -> Stored:
    """The values of a data set, under a name for the user.

    Raises:
        DamagedError: if they are not floats or cannot be read.
    """
    return _values(item, name, "f", "no floats")


def numbers(item: Item, name: str) -> Stored:
    """The same if whole numbers and truth values are accepted too.

    Raises:
        DamagedError: as `floats`.
    """
    return _values(item, name, "fiub", "no numbers")


def _values(item: Item, name: str, kinds: str, lacking: str) -> Stored:
    values = item.values if isinstance(item, Array) else Unreadable(name, "no array")
    if isinstance(values, Unreadable):
        raise DamagedError(f"{name[:NAME_SHOWN]!r} holds {values.what}")
    if values.dtype.kind not in kinds:
        raise DamagedError(f"{name[:NAME_SHOWN]!r} holds {values.dtype}, {lacking}")
    return Stored(name, values.shape, values.dtype, values.fetch)


def text(value: Any) -> str:
    """An attribute's text, whatever it was stored as."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def text_of(item: Item | None) -> str | None:
    """The text of a data set that holds a single short one; None if it does not."""
    values = item.values if isinstance(item, Array) else None
    if not isinstance(values, Stored) or values.shape or values.dtype.kind != "S":
        return None
    return text(values.fetch(0, 1)[0]) if values.dtype.itemsize <= MOST_TEXT else None
