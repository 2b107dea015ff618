"""Runners as the user writes them: `NAME` or `NAME[key=value,...]`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from netparity.errors import UsageError
from netparity.protocol.runner_keys import split_keys
from netparity.runners.base import Runner
from netparity.runners.words import runner_called, unknown_runner

_FORM = re.compile(r"(?P<name>[A-Za-z0-9_-]+)(?:\[(?P<options>.*)\])?", re.DOTALL)
_MAX_LABEL_LENGTH = 300


def create_runners(
    texts: Sequence[str],
    known: Sequence[type[Runner]],
    defaults: Mapping[str, str] | None = None,
) -> list[Runner]:
    """The runners that the user named, in that order.

    The key `label` names a row, so that one runner can have several. A value with a comma is given
    in double quotes.

    Args:
        texts: `NAME` or `NAME[key=value,...]`.
        known: the existing runners.
        defaults: keys for every runner that has them and was not given them; not in its label.

    Raises:
        UsageError: if a name, key or value is unknown, or two rows have one label.
    """
    runners = [_create(text.strip(), known, defaults or {}) for text in texts]
    seen: set[str] = set()
    for runner in runners:
        if runner.label == "reference":
            raise UsageError(
                "no row can be called 'reference', which is the float64 pass; choose another label"
            )
        if runner.label in seen:
            raise UsageError(
                f"two rows are called {runner.label!r}; rename one with {runner.name}[label=...]"
            )
        seen.add(runner.label)
    return runners


def _create(text: str, known: Sequence[type[Runner]], defaults: Mapping[str, str]) -> Runner:
    match = _FORM.fullmatch(text)
    if match is None:
        several = "," in text and "[" not in text
        fix = "; give several as --runner A --runner B" if several else ""
        raise UsageError(f"runner {text!r}: expected NAME or NAME[key=value,...]{fix}")
    kinds = {kind.name: kind for kind in known}
    name = runner_called(match["name"], kinds)
    if name is None:
        raise UsageError(unknown_runner(match["name"], kinds))
    kind = kinds[name]
    options = _options(text, match["options"])
    label = options.pop("label", None)
    _check(text, kind, options)
    if label is None:
        label = kind.default_label(options)
    control = any(unicodedata.category(character) in ("Cc", "Cs") for character in label)
    if control or not label.strip() or len(label) > _MAX_LABEL_LENGTH:
        raise UsageError(
            f"runner {text!r}: a label must have 1 to {_MAX_LABEL_LENGTH} characters, none of them "
            "a control character"
        )
    own_defaults = {key: value for key, value in defaults.items() if key in kind.options}
    return kind(label, {**own_defaults, **options})


def _options(text: str, inside: str | None) -> dict[str, str]:
    options: dict[str, str] = {}
    for part, key, value in split_keys(inside or ""):
        if not key or not value:
            raise UsageError(f"runner {text!r}: {part!r} is not of the form key=value")
        if key in options:
            raise UsageError(f"runner {text!r}: {key} is given twice")
        options[key] = value
    return options


def _check(text: str, kind: type[Runner], options: dict[str, str]) -> None:
    for key in kind.required:
        if key not in options:
            raise UsageError(f"runner {text!r} lacks the key {key}: {kind.name}[{key}=...]")
    for key, value in options.items():
        option = kind.options.get(key)
        if option is None:
            known = ", ".join([*kind.options, "label"])
            raise UsageError(f"runner {text!r}: unknown key {key!r}; {kind.name} has {known}")
        if option.choices and value not in option.choices:
            raise UsageError(
                f"runner {text!r}: {key}={value!r} is not one of {', '.join(option.choices)}"
            )
