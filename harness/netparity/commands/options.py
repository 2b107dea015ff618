"""From a request's class to the options of a command, and from what was typed to the request."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import Field
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin

import typer

from netparity.commands.completing import OF_FIELDS
from netparity.commands.shared import BEGUN
from netparity.run.option import CommandOption, options

Command = Callable[..., None]

_FILLED: dict[str, Callable[[], Any]] = {
    "command": lambda: ["netparity", *sys.argv[1:]],
    "begun_monotonic": lambda: BEGUN,
}
"""Fields that no user sets."""


def takes(request: type, *, only: Collection[str] | None = None) -> Callable[[Command], Command]:
    """Give a command the options of a request in the place of its parameter of that type.

    Args:
        request: a dataclass whose fields are made by `run.option`.
        only: names of the fields; the others keep their default. None for all fields.

    Raises:
        LookupError: if there is no such field, or the command has no parameter of that type.
        TypeError: if the module of the request postpones the evaluation of its annotations.
    """
    known = {field.name: (field, declared) for field, declared in options(request)}
    names = set(known if only is None else only)
    if unknown := names - set(known):
        raise LookupError(f"{request.__qualname__} has no fields {', '.join(sorted(unknown))}")
    taken = [known[name] for name in known if name in names]

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        place = _place(signature, request)
        parameters = list(_expanded(signature, place, taken))

        @wraps(command)
        def run(**given: Any) -> None:
            made = request(**dict(_settings(taken, given)))
            own = {name: value for name, value in given.items() if name not in names}
            command(**own, **{place: made})

        vars(run)["__signature__"] = signature.replace(parameters=parameters)
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _place(signature: inspect.Signature, request: type) -> str:
    for parameter in signature.parameters.values():
        if parameter.annotation is request:
            return parameter.name
    raise LookupError(f"no parameter is a {request.__qualname__}")


def _expanded(
    signature: inspect.Signature, place: str, taken: Sequence[tuple[Field[Any], CommandOption]]
) -> Iterator[Parameter]:
    """The command's parameters, that of the request replaced by its options.

    All are keyword-only, so that those without a default may come after the others.
    """
    for parameter in signature.parameters.values():
        if parameter.name != place:
            yield parameter.replace(kind=Parameter.KEYWORD_ONLY)
            continue
        for field, declared in taken:
            if declared.by_user:
                yield _parameter(field, declared)


def _parameter(field: Field[Any], declared: CommandOption) -> Parameter:
    """A field as Typer wants it."""
    if declared.typed is not None:
        type_, default = declared.typed.type, declared.typed.default
    else:
        type_, default = field.type, field.default
        if isinstance(type_, str):
            raise TypeError(f"the type of {field.name} is not evaluated: {type_}")
        if get_origin(type_) is Sequence:
            type_, default = list[get_args(type_)[0]] | None, None  # type: ignore[misc]
    make = typer.Argument if declared.argument else typer.Option
    info = make(
        *declared.names,
        help=declared.help,
        metavar=declared.metavar,
        min=declared.least,
        max=declared.most,
        show_default=declared.shown or True,
        autocompletion=OF_FIELDS.get(field.name),
    )
    return Parameter(
        field.name,
        Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[type_, info],
    )


def _settings(
    taken: Sequence[tuple[Field[Any], CommandOption]], given: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Each field that gets a value; what was not given keeps the request's default."""
    for field, declared in taken:
        value = given.get(field.name)
        if not declared.by_user:
            yield field.name, _FILLED[field.name]()
        elif value is not None and value != []:
            yield field.name, declared.typed.read(value) if declared.typed else value
