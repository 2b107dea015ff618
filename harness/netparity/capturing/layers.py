"""Keras: every layer's `call` is wrapped, and `predict` runs layer by layer meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from netparity.capturing.operations import operation_of
from netparity.capturing.recorder import OUTPUT, Layer, Recorder
from netparity.errors import UsageError


@contextmanager
def wrapped(model: Any, recorder: Recorder) -> Iterator[None]:
    """Record what every layer of a Keras model returns; the model is put back as it was.

    Both `model(x)` and `model.predict(x)` are recorded: `predict`, which would compile the model,
    runs it eagerly meanwhile.

    Raises:
        UsageError: for a Keras that computes nothing eagerly.
    """
    if any(each.__module__.startswith("keras.engine") for each in type(model).__mro__):
        raise UsageError(
            "this Keras (2.3 or older) computes nothing layer by layer; fix: give "
            "netparity.check the outputs of a Model with several outputs, by name"
        )
    with ExitStack() as changes:
        for name, layer in _layers(model):
            replaced = _recorded(layer.call, name, layer, recorder)
            changes.enter_context(_own(layer, "call", replaced))
        changes.enter_context(_own(model, "call", _announced(model.call, recorder)))
        if hasattr(model, "predict"):
            changes.enter_context(_own(model, "predict", _in_batches(model.predict, recorder)))
            changes.enter_context(_eager(model))
        yield


def _layers(model: Any) -> list[tuple[str, Any]]:
    """Every layer and operation that may be called, with a name of its own, in no certain order."""
    found: dict[int, tuple[str, Any]] = {}
    taken: set[str] = set()

    def add(owner: Any, path: str) -> None:
        for part in _parts(owner):
            if id(part) in found or part is model:
                continue
            name = str(getattr(part, "name", type(part).__name__))
            name = f"{path}{name}" if name in taken else name
            taken.add(name)
            found[id(part)] = name, part
            add(part, f"{path}{part.name}/" if hasattr(part, "name") else path)

    add(model, "")
    return list(found.values())


_PARTS = ("layers", "operations", "_layers", "_self_tracked_trackables")
"""Where models, and layers that consist of others, have them: Keras 3, then tf-keras."""


def _parts(owner: Any) -> list[Any]:
    """The layers and operations in a model or layer."""
    listed = [part for name in _PARTS for part in getattr(owner, name, None) or ()]
    return [each for each in listed if hasattr(each, "call") and not _is_input(each)]


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _recorded(
    call: Callable[..., object], name: str, layer: Any, recorder: Recorder
) -> Callable[..., object]:
    known = Layer(name, operation_of(layer), bool(_parts(layer)))

    @wraps(call)
    def recorded(*given: Any, **settings: Any) -> object:
        output = call(*given, **settings)
        recorder.add(known, output)
        return output

    return recorded


def _announced(call: Callable[..., object], recorder: Recorder) -> Callable[..., object]:
    whole = Layer(OUTPUT, of_parts=True, is_model=True)

    @wraps(call)
    def announced(*given: Any, **settings: Any) -> object:
        recorder.begin(given, settings.get("training") is True)
        try:
            output = call(*given, **settings)
            recorder.add(whole, output)
            return output
        finally:
            recorder.end()

    return announced


def _in_batches(predict: Callable[..., object], recorder: Recorder) -> Callable[..., object]:
    @wraps(predict)
    def in_batches(*given: Any, **settings: Any) -> object:
        with recorder.joined():
            return predict(*given, **settings)

    return in_batches


@contextmanager
def _own(owner: Any, name: str, value: object) -> Iterator[None]:
    """Give an object an attribute of its own in place of its class's."""
    before = vars(owner)
    had, old = name in before, before.get(name)
    before[name] = value  # not setattr, which Keras watches
    try:
        yield
    finally:
        if had:
            vars(owner)[name] = old
        else:
            del vars(owner)[name]


@contextmanager
def _eager(model: Any) -> Iterator[None]:
    """Run `predict` layer by layer, and forget what has been compiled for it."""
    eagerly, compiled = vars(model).get("_run_eagerly", False), model.predict_function
    model.run_eagerly, model.predict_function = True, None
    try:
        yield
    finally:
        model.run_eagerly, model.predict_function = eagerly, compiled
