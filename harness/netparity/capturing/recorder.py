"""What the layers of a model returned, call by call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from netparity.capturing.arrays import Array, arrays_in

OUTPUT = "output"
"""What the model itself returns, unless its last layer returned it."""


@dataclass(frozen=True)
class Layer:
    """A layer of a model.

    Attributes:
        name: its name in the model.
        op: the operation that it ends with, as netparity calls it; empty if that is not known.
        of_parts: whether it consists of other layers, as a sequence does.
        is_model: whether it is the model itself.
    """

    name: str
    op: str = ""
    of_parts: bool = False
    is_model: bool = False


@dataclass(frozen=True)
class Captured:
    """What a layer returned.

    Attributes:
        name: the layer's name, with the number of its call from the second one on: `relu_2`.
        in_files: what a network's file is likely to call it.
        values: float32, in the framework's own order of the axes.
    """

    name: str
    in_files: str
    layer: Layer
    values: Array

    def load(self) -> Array:
        """The values, as `features.NamedFeature` wants them."""
        return self.values


@dataclass
class _Pass:
    """One call of the model.

    Attributes:
        whole: whether the model itself was called, not a part of it.
        given: its input; None if that was not an array.
        training: whether it was called as in training.
    """

    whole: bool
    given: Array | None = None
    training: bool = False
    features: dict[str, Captured] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)


class Recorder:
    """Keeps the last call of a model; what is called in batches is put together again.

    Args:
        second: the number that files give a layer's second call: `relu_1` by PyTorch's exporters,
            `relu_2` by Keras.

    Attributes:
        calls: how often the model was called.
    """

    def __init__(self, second: int = 2) -> None:
        self.calls, self._second = 0, second
        self._passes: list[_Pass] = []
        self._open: _Pass | None = None
        self._joining = self._joined = False

    def begin(self, given: object, training: bool) -> None:
        """The model is called. It counts as soon as a layer returns values, as a trace never does.

        Args:
            given: its input, or a tuple of them.
            training: whether it is called as in training.
        """
        first = next((array for _, array in arrays_in(given)), None)
        self._open = _Pass(True, first, training)

    def end(self) -> None:
        """The model returns."""
        self._open = None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Calls in here are batches of one call."""
        self._joining, self._joined = True, False
        try:
            yield
        finally:
            self._joining, self._open = False, None

    def add(self, layer: Layer, output: object) -> None:
        """A layer returned something.

        One that consists of others is left out if it returns what the last of them returned.
        """
        found = list(arrays_in(output))
        if not found:
            return
        current = self._current()
        current.calls[layer.name] += 1
        count = current.calls[layer.name]
        again = count > 1
        name = f"{layer.name}_{count}" if again else layer.name
        in_files = f"{layer.name}_{count - 2 + self._second}" if again else layer.name
        last = next(reversed(current.features.values()), None)
        for part, array in found:
            if layer.of_parts and last is not None and _same(last.values, array):
                continue
            captured = Captured(name + part, in_files + part, layer, array)
            current.features[_free(captured.name, current.features)] = captured

    def _current(self) -> _Pass:
        """The running call; outside of it, calls of parts of the model count as one call."""
        last = self._passes[-1] if self._passes else None
        current = self._open
        if current is None:
            current = last if last is not None and not last.whole else _Pass(whole=False)
        if current is not last:
            if not (self._joining and self._joined):
                self._passes.clear()
                self.calls += 1
            self._passes.append(current)
            self._joined = self._joining
        return current

    @property
    def given(self) -> Array | None:
        """The input of the last call; None if it was not an array, or if only parts were called."""
        inputs = [each.given for each in self._passes]
        known = [each for each in inputs if each is not None]
        return np.concatenate(known) if known and len(known) == len(inputs) else None

    @property
    def training(self) -> bool:
        """Whether the model was called as in training the last time."""
        return any(each.training for each in self._passes)

    @property
    def features(self) -> dict[str, Captured]:
        """What each layer returned in the last call, in the order in which they returned."""
        if len(self._passes) < 2:
            return dict(self._passes[0].features) if self._passes else {}
        first, *others = (each.features for each in self._passes)
        return {
            name: replace(
                captured,
                values=np.concatenate([captured.values, *(each[name].values for each in others)]),
            )
            for name, captured in first.items()
            if all(name in each for each in others)
        }


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays are the same bit for bit."""
    return a.shape == b.shape and np.array_equal(a.view(np.uint32), b.view(np.uint32))


def _free(name: str, taken: dict[str, Captured]) -> str:
    while name in taken:
        name += "'"
    return name
