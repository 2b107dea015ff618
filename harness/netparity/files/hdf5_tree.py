"""The groups and arrays of an HDF5 file; links are never followed.

The HDF5 library is not safe with files of strangers. Only `hdf5` and the process that examines a
file (`hdf5_examination`) call what is here.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from netparity.files.hdf5_values import Place, values_of
from netparity.files.limits import (
    LONGEST_NAME,
    MOST_HEADER_BYTES,
    MOST_TEXT,
    NAME_SHOWN,
    DamagedError,
    Limits,
)
from netparity.files.stored import Stored, Unreadable

if TYPE_CHECKING:
    import h5py

_MOST_ATTRIBUTES = 1000


@dataclass(eq=False)
class Group:
    """A group: its attributes that are texts or numbers, and its members."""

    attributes: dict[str, Any]
    members: dict[str, Item] = field(default_factory=dict)


@dataclass(eq=False)
class Array:
    """A data set.

    Attributes:
        values: in the file's order of axes.
        packed: whether its chunks are compressed.
        targets: what it refers to, if it holds references; None for a reference to nothing.
        address: where in the file it is described; a file that is written in one go has them in
            the order in which they were made.
    """

    attributes: dict[str, Any]
    values: Stored | Unreadable
    packed: bool = False
    targets: list[Group | Array | None] | None = None
    address: int = 0


@dataclass(frozen=True)
class Link:
    """A soft or external link, which could make us read any file there is. It is not followed."""


Item: TypeAlias = "Group | Array | Link"


def objects(place: Place, limits: Limits) -> list[Group | Array]:
    """Every group and array, the root first; no values but references are read.

    An object that has several names is one object here too.

    Raises:
        DamagedError: if it holds too much.
        Exception: whatever the HDF5 library raises on a damaged file.
    """
    with place.open() as file:
        return _Walk(place, limits).everything(file)


class _Walk:
    def __init__(self, place: Place, limits: Limits) -> None:
        self._place, self._limits = place, limits
        self._seen: dict[Any, Group | Array] = {}
        self._waiting: list[tuple[Any, Group | Array]] = []

    def everything(self, file: h5py.File) -> list[Group | Array]:
        """Object by object, since a chain of groups may be longer than Python's stack."""
        self._item(file)
        while self._waiting:
            found, item = self._waiting.pop()
            if isinstance(item, Group):
                self._fill_group(found, item)
            else:
                self._fill_array(file, found, item)
        return list(self._seen.values())

    def _item(self, found: Any) -> Group | Array:
        import h5py

        if (known := self._seen.get(found.id)) is not None:
            return known
        if len(self._seen) >= self._limits.members:
            raise DamagedError(
                f"it holds more than {self._limits.members:,} arrays and groups; copy those wanted "
                "into a file of their own"
            )
        if len(found.name or "") > MOST_TEXT:
            raise DamagedError("its groups are nested too deeply")
        attributes = _attributes(found)
        item: Group | Array
        if isinstance(found, h5py.Dataset):
            values, packed = values_of(self._place, found, self._limits)
            item = Array(attributes, values, packed, address=h5py.h5o.get_info(found.id).addr)
        else:
            item = Group(attributes)
        self._seen[found.id] = item
        self._waiting.append((found, item))
        return item

    def _fill_group(self, found: Any, group: Group) -> None:
        import h5py

        if len(found) > self._limits.members:
            raise DamagedError(
                f"a group claims {len(found):,} members; at most {self._limits.members:,} are "
                "accepted"
            )
        for name in found:
            if len(name) > LONGEST_NAME:
                raise DamagedError(f"the name of a member has {len(name):,} characters")
            if not isinstance(found.get(name, getlink=True), h5py.HardLink):
                group.members[name] = Link()
                continue
            member = found[name]
            if isinstance(member, h5py.Group | h5py.Dataset):  # a named type is neither
                group.members[name] = self._item(member)

    def _fill_array(self, file: h5py.File, found: Any, array: Array) -> None:
        import h5py

        readable = isinstance(array.values, Stored)
        if not readable or h5py.check_ref_dtype(found.dtype) is not h5py.Reference:
            return
        if found.size > self._limits.members:
            array.values = Unreadable(found.name, f"{found.size:,} references")
            return
        array.targets = []
        for reference in np.asarray(found[()]).reshape(-1):
            target = file[reference] if reference else None
            known = isinstance(target, h5py.Group | h5py.Dataset)
            array.targets.append(self._item(target) if known else None)


def _attributes(found: Any) -> dict[str, Any]:
    """The attributes that are texts or numbers; others tell nothing that is of use here."""
    from h5py import h5t

    if len(found.attrs) > _MOST_ATTRIBUTES:
        raise DamagedError(f"{found.name!r} claims {len(found.attrs):,} attributes")
    attributes = {}
    for name in found.attrs:
        attribute = found.attrs.get_id(name)
        kind = attribute.get_type()
        if kind.get_class() not in (h5t.INTEGER, h5t.FLOAT, h5t.STRING):
            continue
        size = math.prod(attribute.shape or ()) * kind.get_size()
        if size > MOST_HEADER_BYTES:
            raise DamagedError(f"the attribute {name[:NAME_SHOWN]!r} claims {size:,} bytes")
        with suppress(TypeError):  # a number of a width that NumPy does not know
            attributes[name] = found.attrs[name]
    return attributes
