"""Modules as PyTorch's and layers as Keras's, which return what they are told to.

They have what `netparity.capture` uses of the real classes: the packages in which these are
defined, their names, hooks and attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt


def of_package(package: str) -> Callable[[type], type]:
    """Have a class say that it is defined in a package."""

    def place(kind: type) -> type:
        kind.__module__ = package
        return kind

    return place


@of_package("torch")
class Tensor:
    """A tensor in main memory, or one without values on the meta device."""

    is_sparse = False

    def __init__(self, values: npt.ArrayLike, is_meta: bool = False) -> None:
        self.values, self.is_meta = np.asarray(values), is_meta

    def is_floating_point(self) -> bool:
        return self.values.dtype.kind == "f"

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def float(self) -> Tensor:
        return Tensor(self.values.astype(np.float32, copy=False))

    def numpy(self) -> npt.NDArray[Any]:
        return self.values


class _Handle:
    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self._hooks, self._hook = hooks, hook

    def remove(self) -> None:
        self._hooks.remove(self._hook)


@of_package("torch.nn.modules.module")
class Module:
    """A module that calls those inside, one after the other."""

    training = False

    def __init__(self, **inside: Module) -> None:
        self.inside = inside
        self.hooks: list[Any] = []
        self.pre_hooks: list[Any] = []

    def register_forward_hook(self, hook: Any) -> _Handle:
        self.hooks.append(hook)
        return _Handle(self.hooks, hook)

    def register_forward_pre_hook(self, hook: Any) -> _Handle:
        self.pre_hooks.append(hook)
        return _Handle(self.pre_hooks, hook)

    def children(self) -> Iterator[Module]:
        return iter(self.inside.values())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        yield prefix, self
        for name, module in self.inside.items():
            yield from module.named_modules(f"{prefix}.{name}" if prefix else name)

    def forward(self, x: Any) -> Any:
        for module in self.inside.values():
            x = module(x)
        return x

    def __call__(self, *given: Any) -> Any:
        for hook in list(self.pre_hooks):
            hook(self, given)
        output = self.forward(*given)
        for hook in list(self.hooks):
            hook(self, given, output)
        return output


def returning(kind: str, *outputs: Any) -> Module:
    """A module of a class of that name, which returns the outputs, one each time it is called."""
    values = iter(outputs)

    def forward(self: Module, x: Any) -> Any:
        output = next(values)
        if isinstance(output, Exception):
            raise output
        return Tensor(output) if isinstance(output, np.ndarray) else output

    made: Module = type(kind, (Module,), {"forward": forward, "__module__": "torch.nn"})()
    return made


@of_package("keras.src.layers.layer")
class Layer:
    """A layer of Keras 3, whose call is a method that the class's `__call__` looks up."""

    def __init__(self, name: str, returns: Callable[[Any], Any], *layers: Layer) -> None:
        self.name, self.returns, self._layers = name, returns, list(layers)

    def __call__(self, *given: Any, **settings: Any) -> Any:
        return self.call(*given, **settings)

    def call(self, x: Any, training: bool = False) -> Any:
        return self.returns(x)


@of_package("keras.src.models.model")
class Model(Layer):
    """A model of Keras 3: `predict` runs compiled, in which no layer's call runs, unless eager."""

    _run_eagerly = False

    def __init__(self, *layers: Layer) -> None:
        super().__init__("model", lambda x: x, *layers)
        self.predict_function: object = "compiled"

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)

    @property
    def run_eagerly(self) -> bool:
        return self._run_eagerly

    @run_eagerly.setter
    def run_eagerly(self, value: bool) -> None:
        self._run_eagerly = value

    def call(self, x: Any, training: bool = False) -> Any:
        for layer in self._layers:
            x = layer(x)
        return x

    def predict(self, x: npt.NDArray[Any], batch_size: int = 2) -> npt.NDArray[Any]:
        if self.predict_function is not None or not self.run_eagerly:
            return np.zeros(0)
        self.predict_function = "eager"
        starts = range(0, len(x), batch_size)
        return np.concatenate([self(x[start : start + batch_size]) for start in starts])
