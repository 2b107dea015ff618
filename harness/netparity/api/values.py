"""From the arguments of a Python call to a request, whose fields are as a command line types them.

Wherever the request holds a path, a string will do, and the reverse; wherever it holds several
values, a single one will do; numbers that are typed as text (`--mean 104,117,123`) may be numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field
from numbers import Integral, Real
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from netparity.errors import UsageError
from netparity.run.option import CommandOption, options
from netparity.run.request import make_environments
from netparity.runners.environments import Environments

T = TypeVar("T")


def request_of(kind: type[T], arguments: Mapping[str, Any], **more: Any) -> T:
    """A request with these values; those that it has no field for are left out.

    Args:
        kind: the request's class.
        arguments: of the call, by name.
        more: fields that are not the call's arguments, as they are.

    Raises:
        UsageError: naming the argument, its value and what was expected.
    """
    fields = {
        field.name: _value(field, declared, arguments[field.name])
        for field, declared in options(kind)
        if declared.by_user and field.name in arguments
    }
    return kind(**fields, **more)


def _value(field: Field[Any], declared: CommandOption, value: Any) -> Any:
    """One argument as the field holds it."""
    if field.name == "environments":
        return environments_of(value)
    typed = declared.typed
    if typed is not None and isinstance(value, str | int) and not isinstance(value, bool):
        return typed.read(str(value))
    if isinstance(field.type, str):  # postponed, and then a sequence of words
        return _each(field.name, str, value)
    if get_origin(field.type) is Sequence:
        return _each(field.name, get_args(field.type)[0], value)
    kinds = get_args(field.type) if get_origin(field.type) in (UnionType, Union) else (field.type,)
    if value is None and type(None) in kinds:
        return None
    converted = _single(field.name, kinds[0], value)
    _check_range(field.name, declared, converted)
    return converted


def environments_of(value: Environments | Mapping[str, str | Path] | None) -> Environments:
    """Environments with the interpreters that are given by the name of their runner.

    Raises:
        UsageError: if one is of no known runner, or this is not a mapping.
    """
    if isinstance(value, Environments):
        return value
    if value is None:
        return make_environments()
    if not isinstance(value, Mapping):
        raise _wrong("environments", value, 'a mapping such as {"pytorch": "/path/to/python"}')
    return make_environments([f"{name}={path}" for name, path in value.items()])


def _each(name: str, kind: type, value: Any) -> tuple[Any, ...]:
    """Several values, of which one may be given alone."""
    if isinstance(value, str | os.PathLike | Real):
        value = (value,)
    if not isinstance(value, Iterable) or isinstance(value, bytes):
        raise _wrong(name, value, f"{_WORDS[kind]}, or a sequence of such")
    return tuple(_single(name, kind, each) for each in value)


def _single(name: str, kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str | os.PathLike):
        return Path(value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if kind is float and isinstance(value, Real) and not isinstance(value, bool):
        return float(value)
    if kind is str and (text := _text(value)) is not None:
        return text
    raise _wrong(name, value, _WORDS[kind])


_WORDS = {
    Path: "a path",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "text",
}


def _text(value: Any) -> str | None:
    """What a command line would say: a name, a path, a number, or several with commas."""
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)
    if isinstance(value, bool | bytes | Mapping):
        return None
    if isinstance(value, Real):
        return str(value)
    if isinstance(value, Iterable):
        parts = [_text(each) for each in value]
        known = [part for part in parts if part is not None]
        return ",".join(known) if len(known) == len(parts) else None
    return None


def _check_range(name: str, declared: CommandOption, value: Any) -> None:
    """Hold a number to the limits that the command line holds it to."""
    if declared.least is not None and value < declared.least:
        raise _wrong(name, value, f"at least {declared.least:g}")
    if declared.most is not None and value > declared.most:
        raise _wrong(name, value, f"at most {declared.most:,g}")


def _wrong(name: str, value: Any, expected: str) -> UsageError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
    return UsageError(f"{name}={shown}: expected {expected}")
