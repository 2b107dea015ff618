"""A file that a user gave, and what the containers' readers find in it, each at most once."""

from __future__ import annotations

import stat
from functools import cached_property
from pathlib import Path

from netparity.errors import InputError
from netparity.files import npy, shards, strangers, zip_file
from netparity.files.hdf5 import Group, Place
from netparity.files.hdf5 import read as read_hdf5
from netparity.files.limits import DamagedError, Limits
from netparity.files.stored import Stored

_HEAD_BYTES = 2**16


class Source:
    """One file, read as HDF5 or as an archive when it is asked for as one.

    Attributes:
        head: its first bytes.
        hdf5: the root group, if it is HDF5.
        members: what it lists, if it is a zip archive.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits

    @cached_property
    def head(self) -> bytes:
        """The first bytes of a file."""
        with self.path.open("rb") as file:
            return file.read(_HEAD_BYTES)

    @property
    def hdf5(self) -> Group:
        """The root group of HDF5, examined and read once.

        Raises:
            DamagedError: if it is none, or is damaged.
        """
        if isinstance(self._hdf5, Exception):
            raise self._hdf5
        return self._hdf5

    @cached_property
    def _hdf5(self) -> Group | Exception:
        try:
            return read_hdf5(Place(self.path), self.limits)
        except Exception as error:  # kept, since a second examination would find the same
            return error

    @cached_property
    def members(self) -> dict[str, zip_file.Member]:
        """What a zip archive lists.

        Raises:
            DamagedError: if it lists what cannot be.
            zipfile.BadZipFile: if it is none.
        """
        return zip_file.members(self.path, self.limits)

    def hdf5_in_archive(self, name: str) -> Group:
        """The root group of an HDF5 file that lies in a zip archive.

        Raises:
            DamagedError: if it is compressed or damaged.
            zipfile.BadZipFile: if its checksum is another one.
        """
        member = self.members[name]
        if member.offset is None:
            raise DamagedError(f"its {name} is compressed, which Keras does not do")
        member.check()
        return read_hdf5(Place(self.path, member.offset, member.size), self.limits)

    def arrays(self) -> dict[str, Stored]:
        """The arrays of an .npz, by their names.

        Raises:
            DamagedError: if one of them is damaged.
        """
        return {
            name.removesuffix(npy.SUFFIX): npy.of_member(member)
            for name, member in self.members.items()
            if name.endswith(npy.SUFFIX)
        }


def open_source(path: Path, limits: Limits, what: str, example: str) -> Source:
    """A file that is there, is a regular one and is not empty.

    Args:
        what: what it is expected to hold, for messages: `weights`, `network`, `features`.
        example: a file that could be given instead.

    Raises:
        InputError: if it cannot be read.
    """
    several = what.endswith("s")
    if "\0" in str(path):
        raise InputError(f"{what} {str(path)!a}: a path cannot hold a NUL character")
    try:
        status = path.stat()
        mode = status.st_mode
        if stat.S_ISDIR(mode):
            inside = shards.in_folder(path) if what == "weights" else None
            if inside is not None:
                return open_source(inside, limits, what, example)
            raise _folder(path, what, example)
        if not stat.S_ISREG(mode):  # reading a named pipe would never end
            raise InputError(f"{what} {path} is not a regular file; give the path of one")
        source = Source(path, limits)
        # Files of the system, as in /proc, have no size; reading one may wait for ever.
        if not status.st_size or not source.head:
            raise InputError(
                f"{what} {path} {'are' if several else 'is'} empty (0 bytes); is the file or its "
                "download complete?"
            )
    except (FileNotFoundError, NotADirectoryError):
        hint = strangers.hint(path)
        help = f". {hint}" if hint else f"; give the path of a file, such as {example}"
        raise InputError(f"{what} {path} {'do' if several else 'does'} not exist{help}") from None
    except OSError as error:
        raise InputError(f"{what} {path} cannot be read: {error.strerror}") from error
    return source


def _folder(path: Path, what: str, example: str) -> InputError:
    """The error for a folder given where a file is meant."""
    if (stranger := strangers.recognise(path)) is not None:
        return InputError(strangers.sentence(path, what, stranger))
    return InputError(f"{what} {path} is a folder; give the path of a file, such as {example}")
