"""The arguments of a function in its docstring, in the words that the command line's help uses."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import TypeVar

from netparity.run.option import CommandOption, options

F = TypeVar("F", bound=Callable[..., object])

_WIDTH = 96

MARK = "{settings}"
"""Stands in a docstring for the arguments that are fields of requests."""


def describes(*requests: type) -> Callable[[F], F]:
    """Put the meaning of each argument that is a request's field in the place of `MARK`.

    So a setting is described once, beside its default, for the command line and for Python.
    """
    declared: dict[str, CommandOption] = {}
    for request in requests:
        for field, option in options(request):
            if option.by_user:
                declared.setdefault(field.name, option)
    by_flag = {flag: name for name, option in declared.items() for flag in option.names}

    def in_python(text: str) -> str:
        """The help with options of the command line called by their arguments."""
        return re.sub(
            r"--[a-z0-9-]+(?: (auto)\b)?",
            lambda found: (
                f"`{by_flag[flag]}`{' ' + found[1] if found[1] else ''}"
                if (flag := found[0].split()[0]) in by_flag
                else found[0]
            ),
            text,
        )

    def decorate(function: F) -> F:
        names = [name for name in inspect.signature(function).parameters if name in declared]
        lines = []
        for name in names:
            option = declared[name]
            shown = f" (default: {option.shown})" if option.shown else ""
            lines.append(_entry(f"{name}: {in_python(option.help)}{in_python(shown)}"))
        text = inspect.cleandoc(function.__doc__ or "")
        assert MARK in text, f"the docstring of {function.__name__} does not say {MARK}"
        function.__doc__ = text.replace(f"    {MARK}", "\n".join(lines))
        return function

    return decorate


def _entry(text: str) -> str:
    """One argument in Google's style."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
