"""How a request's field is also an option of the command line: declared once, beside its default.

A field made by `option` carries its help, its range and how it is typed; `commands/options.py`
turns it into an option of any command, and `documented` into a line of the class's docstring.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T")

_KEY = "option"


@dataclass(frozen=True)
class Typed:
    """How a value is given on the command line where that differs from the field.

    Attributes:
        type: what the parser of the command line makes of it, e.g. `str`.
        default: in that type; None for an option that may be left out.
        read: from that type to the field's; may raise UsageError.
    """

    type: Any
    default: Any
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class CommandOption:
    """What the command line says of one field.

    Attributes:
        help: what the field means.
        names: e.g. `--runner` and `-r`; none for an argument, and for a field that no user sets.
        metavar: what the help shows for the value; None for its type.
        least: the smallest number allowed.
        most: the largest number allowed.
        shown: the default in words, where the field's own does not say it.
        typed: None where a value of the field's own type is typed.
        argument: whether it is given by position, without a name.
    """

    help: str
    names: tuple[str, ...] = ()
    metavar: str | None = None
    least: float | None = None
    most: float | None = None
    shown: str | None = None
    typed: Typed | None = None
    argument: bool = False

    @property
    def by_user(self) -> bool:
        """Whether a user can set the field."""
        return self.argument or bool(self.names)


def option(
    default: T,
    help: str,
    *names: str,
    metavar: str | None = None,
    least: float | None = None,
    most: float | None = None,
    shown: str | None = None,
    typed: Typed | None = None,
    argument: bool = False,
) -> T:
    """Return a dataclass field with a default that is also an option; see `CommandOption`."""
    declared = CommandOption(help, names, metavar, least, most, shown, typed, argument)
    return field(default=default, metadata={_KEY: declared})


def made(make: Callable[[], T], declared: CommandOption) -> T:
    """Return the same for a default that is made anew for each request."""
    return field(default_factory=make, metadata={_KEY: declared})


def like(request: type, name: str, default: Any = MISSING) -> Any:
    """Return a field as another request has it, with its option.

    Args:
        request: the class that declares it.
        name: the field's name there.
        default: instead of the default there.

    Raises:
        KeyError: if that class has no such field.
    """
    original = {each.name: each for each in fields(request)}[name]
    if default is MISSING and original.default is MISSING:
        return field(default_factory=_factory(original), metadata=original.metadata)
    return field(
        default=original.default if default is MISSING else default, metadata=original.metadata
    )


def _factory(original: Field[Any]) -> Callable[[], Any]:
    assert original.default_factory is not MISSING, f"{original.name} has no default"
    return original.default_factory


def options(request: type) -> Iterator[tuple[Field[Any], CommandOption]]:
    """Yield each field of a request with its option, in the order of the class."""
    for each in fields(request):
        yield each, each.metadata[_KEY]


def documented(request: type[T]) -> type[T]:
    """Append the meaning of each field, as its option has it, to the docstring of a request."""
    lines = [inspect.cleandoc(request.__doc__ or ""), "", "Attributes:"]
    for each, declared in options(request):
        also = [f"`{declared.names[0]}`"] if declared.names else []
        also += [f"default: {declared.shown}"] if declared.shown else []
        beside = f" ({', '.join(also)})" if also else ""
        lines.append(f"    {each.name}: {declared.help}{beside}")
    request.__doc__ = "\n".join(lines)
    return request
