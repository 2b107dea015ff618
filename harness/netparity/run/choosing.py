"""Which runners a comparison has: those that were named, the usual ones, or all that are ready."""

from __future__ import annotations

from netparity.errors import UsageError
from netparity.run.options_without_effect import options_without_effect
from netparity.run.request import Request
from netparity.runners import (
    DEFAULT_RUNNERS,
    Runner,
    create_runners,
    interpreter_names,
    known_runners,
    unusable_runners,
    with_all,
)
from netparity.runners.base import COMPILE_CACHE
from netparity.runners.interpreters import unknown_variables
from netparity.runners.matconvnet import CODE_CHOICES
from netparity.watch import Watch


def choose_runners(request: Request, watch: Watch) -> tuple[list[Runner], tuple[str, ...]]:
    """The runners that were asked for, and what the user has to know about the choice.

    Raises:
        UsageError: if a runner, a key or an option that is given to all runners is wrong.
    """
    defaults = _for_all(request)
    kinds = known_runners()
    rows = with_all(request.runners or DEFAULT_RUNNERS, kinds, request.environments, defaults)
    warnings = [*unusable_runners(), *unknown_variables(interpreter_names()), *rows.left_out]
    for warning in warnings:
        watch.warning(warning)
    runners = create_runners(rows.texts, kinds, defaults)
    without_effect = options_without_effect(request, runners)
    for warning in without_effect:
        watch.warning(warning)
    return runners, (*warnings, *without_effect)


def _for_all(request: Request) -> dict[str, str]:
    """Keys of runners that have an option of the command line beside."""
    for option, value, known in (
        ("--matconvnet", request.matconvnet, CODE_CHOICES),
        ("--compile-cache", request.compile_cache, COMPILE_CACHE.choices),
    ):
        if value not in (None, *known):
            raise UsageError(f"{option} {value!r} is not one of {', '.join(known)}")
    root = request.matconvnet_root
    keys = {
        "compile_cache": request.compile_cache,
        "per_layer": "yes" if request.per_layer else None,
        "matconvnet": request.matconvnet,
        # The script does not run in this folder.
        "matconvnet_root": str(root.expanduser().absolute()) if root is not None else None,
    }
    return {key: value for key, value in keys.items() if value is not None}
