"""Errors that end a command with one clear sentence rather than a traceback."""

from __future__ import annotations


class NetparityError(Exception):
    """Something that the user can mend; the message says what and how."""


class UsageError(NetparityError):
    """The command was called with something that it cannot accept."""


class InputError(NetparityError):
    """A file that the user gave cannot be used."""


class StoreError(NetparityError):
    """The results folder cannot be written or read."""


class SetupError(NetparityError):
    """An environment could not be made. `fix` is what the user can do about it."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix
