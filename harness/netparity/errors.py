"""Errors that end a command with one clear sentence rather than a traceback."""

from __future__ import annotations


class NetparityError(Exception):
    """An error that the user can fix; the message says what is wrong and how to fix it."""


class UsageError(NetparityError):
    """The command was called with an argument that it does not accept."""


class InputError(NetparityError):
    """A file that the user gave cannot be used."""


class StoreError(NetparityError):
    """A folder or file of results or of the cache cannot be written or read."""


class SetupError(NetparityError):
    """An environment could not be made; `fix` says what the user can do about it."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix
