"""PyTorch: a forward hook on every module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from netparity.capturing.operations import operation_of
from netparity.capturing.recorder import OUTPUT, Layer, Recorder
from netparity.errors import UsageError

_WRAPPERS = {"DataParallel", "DistributedDataParallel"}


@contextmanager
def hooked(model: Any, recorder: Recorder) -> Iterator[None]:
    """Record what every module of a PyTorch model returns; no hook is left behind.

    Raises:
        UsageError: for a compiled model, which calls no hooks.
    """
    kinds = {kind.__name__ for kind in type(model).__mro__}
    if "OptimizedModule" in kinds:
        raise UsageError(
            "this model is compiled by torch.compile, which calls no hooks; fix: capture the model "
            "that was compiled (model._orig_mod), and call that one"
        )
    if "ScriptModule" in kinds:
        raise UsageError(
            f"this {type(model).__name__} is compiled by torch.jit, which calls no hooks; fix: "
            "capture the module that was scripted or traced, and call that one"
        )
    with ExitStack() as handles:

        def keep(handle: Any) -> None:
            handles.callback(handle.remove)

        keep(model.register_forward_pre_hook(_beginning(model, recorder)))
        for name, module in model.named_modules():
            if module is not model:
                keep(
                    module.register_forward_hook(
                        _hook(_layer(_plain(model, name), module), recorder)
                    )
                )
        whole = replace(_layer(OUTPUT, model), is_model=True)
        keep(model.register_forward_hook(_hook(whole, recorder)))
        yield


def _layer(name: str, module: Any) -> Layer:
    of_parts = next(iter(module.children()), None) is not None
    return Layer(name, "" if of_parts else operation_of(module), of_parts)


def _beginning(model: Any, recorder: Recorder) -> Callable[..., None]:
    def hook(module: Any, given: object) -> None:
        recorder.begin(given, any(part.training for _, part in model.named_modules()))

    return hook


def _hook(layer: Layer, recorder: Recorder) -> Callable[..., None]:
    def hook(module: Any, given: object, output: object) -> None:
        recorder.add(layer, output)
        if layer.is_model:
            recorder.end()

    return hook


def _plain(model: Any, name: str) -> str:
    """A module's name without that of a wrapper for several devices."""
    return name.removeprefix("module.") if type(model).__name__ in _WRAPPERS else name
