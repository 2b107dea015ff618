"""Which of a file's arrays is the feature?"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from pathlib import Path

from netparity.errors import InputError
from netparity.features.orientation import fits
from netparity.features.variable import Variable, shape_text
from netparity.networks import Layer

_MOST_LISTED = 20


def choose(
    variables: Sequence[Variable],
    path: Path,
    layer: Layer,
    count: int | None,
    wanted: str | None,
    alike: Container[str] = (),
) -> Variable:
    """The variable called `wanted`, or named like the layer, or the only one that can be meant.

    Args:
        alike: further names that mean the layer.

    Raises:
        InputError: if there is none, or more than one; the message lists those there are.
    """
    if wanted is not None:
        return _usable(_named(variables, path, wanted), path)
    numeric = [variable for variable in variables if variable.problem is None]
    if not numeric:
        raise InputError(
            f"features {path} hold no array of numbers but {_listed(variables)}; save the "
            f"values of {layer.name} as an array of real floats"
        )
    named = [variable for variable in variables if _is_named_like(variable, layer, whole=True)]
    named = named or [variable for variable in variables if _is_named_like(variable, layer)]
    named = named or [variable for variable in variables if (variable.name or "") in alike]
    among = named or numeric
    if len(among) == 1:
        return _usable(among[0], path)
    fitting = [
        variable
        for variable in among
        if variable.problem is None and fits(variable.shape, layer, count, variable.matlab)
    ]
    if len(fitting) == 1:
        return fitting[0]
    what = f"{len(fitting)} arrays" if fitting else f"none of {len(among)} arrays"
    raise InputError(
        f"features {path}: {what} could be {layer.name} ({shape_text(layer.output_shape)} "
        f"an image); choose one with --variable from {_listed(fitting or among)}"
    )


def _named(variables: Sequence[Variable], path: Path, wanted: str) -> Variable:
    for variable in variables:
        if variable.name is not None and _key(variable.name) == _key(wanted):
            return variable
    if [variable.name for variable in variables] == [None]:
        raise InputError(
            f"features {path} hold one array without a name, so none is called {wanted!r}; "
            "leave --variable out"
        )
    raise InputError(
        f"features {path} hold no variable {wanted!r}; expected one of {_listed(variables)}"
    )


def _usable(variable: Variable, path: Path) -> Variable:
    if variable.problem is not None:
        name = "the array" if variable.name is None else f"variable {variable.name!r}"
        raise InputError(
            f"features {path}: {name} holds {variable.problem}; expected real numbers, "
            "as floats or integers"
        )
    return variable


def _is_named_like(variable: Variable, layer: Layer, whole: bool = False) -> bool:
    """Whether a name, or the last part of it, is the layer's in any tool."""
    if variable.name is None:
        return False
    key = _key(variable.name)
    known = {layer.name.lower(), *(name.lower() for name in layer.names.values())}
    return (key if whole else key.rpartition(".")[2]).lower() in known


def _key(name: str) -> str:
    """A name in which `features/fc6`, `/features/fc6` and `features.fc6` are one."""
    return re.sub(r"[/.]+", ".", name).strip(".")


def _listed(variables: Sequence[Variable]) -> str:
    listed = ", ".join(variable.described for variable in variables[:_MOST_LISTED])
    more = len(variables) - _MOST_LISTED
    return (listed or "nothing at all") + (f" and {more:,} more" if more > 0 else "")
