"""The interpreters of the user's own: from `--python`, else from NETPARITY_PYTHON_NAME."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from netparity.errors import InputError, UsageError
from netparity.runners.environments import Environments, parse_overrides
from netparity.system.paths import usable_path

PREFIX = "NETPARITY_PYTHON_"


def variable(name: str) -> str:
    """The environment variable that names an interpreter, for a name that `--python` takes."""
    return PREFIX + re.sub(r"[-.]", "_", name).upper()


def own_interpreters(pairs: Sequence[str], known: Sequence[str]) -> Environments:
    """The interpreters that the user named; the option takes precedence over the variable.

    Args:
        pairs: `RUNNER=/path/to/python`.
        known: the names that can be given.

    Raises:
        UsageError: if a pair has another form, or a variable's value cannot be a path.
    """
    given = parse_overrides(list(pairs), list(known))
    variables = {
        name: variable(name)
        for name in known
        if name not in given and os.environ.get(variable(name))
    }
    found = {name: _path(named) for name, named in variables.items()}
    return Environments({**found, **given}, variables)


def _path(named: str) -> Path:
    try:
        return usable_path(Path(os.environ[named]), named).absolute()
    except InputError as error:
        raise UsageError(str(error)) from None


def unknown_variables(known: Sequence[str]) -> Iterator[str]:
    """A sentence for each NETPARITY_PYTHON_... that no runner reads."""
    names = {variable(name) for name in known}
    for named in sorted(os.environ):
        if named.startswith(PREFIX) and named not in names:
            expected = ", ".join(sorted(names))
            yield f"{named} has no effect: no runner reads it; expected one of {expected}"
