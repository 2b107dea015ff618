"""`netparity.capture`: the layers of a model that is called in a `with` block, and their check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Any

import numpy as np

from netparity.capturing import layers, modules
from netparity.capturing.arrays import Array
from netparity.capturing.given_input import network_input
from netparity.capturing.matching import match
from netparity.capturing.recorder import Recorder
from netparity.diagnosis.words import Voice
from netparity.errors import InputError, UsageError
from netparity.features.tensors import packages_of
from netparity.inputs.given import Given
from netparity.judge.checks import Checks
from netparity.judge.several import check_several
from netparity.judge.subject import Images, Stated, network_with_weights, subject_of
from netparity.networks import Network
from netparity.parity import Rule
from netparity.watch import SILENT, Watch
from netparity.weights.model import Model

WHAT = "captured layer"

_OPEN = "--input-size"
"""The option that readers name where a file leaves the size open."""

_MOST_LISTED = 12


@contextmanager
def capture(model: Any) -> Iterator[Seen]:
    """Record what every layer of a model returns while it is called in a `with` block.

    For example::

        with netparity.capture(model) as seen:
            model(x)
        print(seen.check(network="model.onnx"))

    The last call counts. What a layer returns is copied to main memory as float32, so memory must
    hold every layer's output. After the block the model is as it was, also after an error.

    Args:
        model: a `torch.nn.Module`, or a model of Keras 3 on any backend or of tf-keras. Keras's
            `predict` runs layer by layer inside the block, which is slower than compiled.

    Yields:
        What was seen; complete at the end of the block.

    Raises:
        UsageError: for anything else, or for a model that was compiled by torch.compile or
            torch.jit, which calls no hooks.
    """
    recording, seen = _recording(model)
    with recording:
        yield seen


def _recording(model: Any) -> tuple[AbstractContextManager[None], Seen]:
    """What records this model's layers, and what is seen then."""
    packages = packages_of(model)
    # Keras's own layers are torch modules too where torch is its backend.
    if packages & {"keras", "tf_keras"} or _is_tf_keras(model):
        recorder = Recorder()
        return layers.wrapped(model, recorder), Seen(recorder, False, Voice("keras", "keras3"))
    if "torch" in packages and hasattr(model, "named_modules"):
        recorder = Recorder(second=1)
        return modules.hooked(model, recorder), Seen(recorder, True, Voice(None, "pytorch"))
    raise UsageError(
        f"capture takes a torch.nn.Module or a Keras model, not {type(model).__name__}; fix: give "
        "the features to netparity.check by name, {'conv1': array, ...}"
    )


def _is_tf_keras(model: object) -> bool:
    """Whether it is a model of the Keras that TensorFlow had inside."""
    return any(
        each.__module__.startswith("tensorflow.python.keras") for each in type(model).__mro__
    )


class Seen:
    """The layers that a model called."""

    def __init__(self, recorder: Recorder, channels_first: bool, voice: Voice) -> None:
        self._recorder, self._channels_first, self._voice = recorder, channels_first, voice

    @property
    def features(self) -> Mapping[str, Array]:
        """Layer name to what it returned in the last call: float32, in the framework's own axes.

        Modules of PyTorch have their qualified names (`features.0`), layers of Keras their own. A
        layer that was called again has the number of the call: `relu_2`. A module of others, such
        as a sequence, is there only if it returned something else than the last of them.
        """
        found = self._recorder.features
        return MappingProxyType({name: layer.values for name, layer in found.items()})

    @property
    def names(self) -> list[str]:
        """The names of the layers, in the order in which they returned."""
        return list(self.features)

    @property
    def input(self) -> Array | None:
        """What the model was given, float32; None if that was not an array."""
        return self._recorder.given

    def check(
        self,
        network: str | None = None,
        weights: str | None = None,
        input: object = None,
        *,
        image: Images | None = None,
        preprocessing: Stated = None,
        max_relative_l2: float | None = None,
        atol: float | None = None,
        rtol: float | None = None,
        diagnose: bool = True,
        other_weights: Sequence[str] = (),
        watch: Watch = SILENT,
    ) -> Checks:
        """Judge every layer against the float64 reference of a network, and on its own.

        A layer is found in the network by its name here, in the network's file or in any tool, or
        else by the order and shape of computation where that leaves no choice; a remark lists
        those. What is not found is counted and listed.

        Args:
            network: a file that states a network (.onnx, .keras, .h5, .mat), or a network's name. A
                file that leaves its input's size open is read at that of the model's input.
            weights: a file, or `synthetic:SEED`; by default those in the network's file.
            input: what the model was called with, N x C x H x W or N x H x W x C, an array or a
                tensor; by default what was captured.
            image: the images that the input was made from, in its place.
            preprocessing: as for `netparity.check`, and so are the other arguments.

        Returns:
            A row for each layer, and the diagnosis of the first faulty one.

        Raises:
            InputError: if nothing was captured, the input does not fit the network, or no layer is
                in it.
            NetparityError: if an argument cannot be used.
        """
        rule = Rule.from_tolerances(max_relative_l2, atol, rtol)
        captured = self._recorder.features
        if not captured:
            raise InputError(
                "no layer returned an array of floats in the with block; fix: call the model there "
                "with real values, not one that is compiled or traced"
            )
        graph, resolved = self._network(network, weights, preprocessing, watch)
        found = match(captured, graph)
        tensor = None if image is not None else self._tensor(input, graph)
        subject = subject_of(graph, resolved, image, tensor)
        remarks = [*self._remarks(input, graph), *_by_order(found.by_order)]
        return check_several(
            *(found.features, subject, rule),
            axes="NCHW" if self._channels_first else "",
            what=WHAT,
            voice=self._voice,
            remarks=remarks,
            diagnose=diagnose,
            other_weights=other_weights,
            watch=watch,
        )

    def assert_parity(self, *arguments: Any, **settings: Any) -> Checks:
        """`check`, for tests: raises if a layer does not pass.

        Args:
            arguments: those of `check`.
            settings: those of `check`.

        Raises:
            AssertionError: with the table and the diagnosis.
            NetparityError: if an argument cannot be used.
        """
        __tracebackhide__ = True  # pytest then shows the line of the user's test
        checked = self.check(*arguments, **settings)
        if not checked.passed:
            raise AssertionError(str(checked))
        return checked

    def __repr__(self) -> str:
        return f"Seen({', '.join(self.names)})"

    def _network(
        self, network: str | None, weights: str | None, stated: Stated, watch: Watch
    ) -> tuple[Network, Model]:
        """The network; a file that leaves its input's size open has that of the model's input."""
        try:
            return network_with_weights(network, weights, stated, watch)
        except InputError as error:
            given = self.input
            if stated is not None or given is None or given.ndim != 4 or _OPEN not in str(error):
                raise
        height, width = given.shape[2:] if self._channels_first else given.shape[1:3]
        sized = Given(input_size=f"{height},{width}")
        return network_with_weights(network, weights, sized, watch)

    def _tensor(self, given: object, network: Network) -> Array:
        values = self.input if given is None else given
        if values is None:
            raise InputError(
                "what the model was given was not captured; fix: give input=, an array or tensor"
            )
        return network_input(values, network, self._channels_first)

    def _remarks(self, given: object, network: Network) -> Iterator[str]:
        """What may make the comparison another than the user thinks."""
        calls = self._recorder.calls
        if calls > 1:
            yield f"the model was called {calls} times; the last call is compared"
        if self._recorder.training:
            yield (
                "the model was called as in training, where dropout and batch normalisation "
                "compute something else; fix: model.eval() in PyTorch, training=False in Keras"
            )
        if given is not None and self.input is not None:
            seen = network_input(self.input, network, self._channels_first)
            if not np.array_equal(self._tensor(given, network), seen):
                yield "the model was called with another input than the one given here"


def _by_order(matched: Mapping[str, str]) -> Iterator[str]:
    """Which layers only the order of computation tells."""
    if not matched:
        return
    pairs = [f"{name} is {node}" for name, node in matched.items()]
    more = len(pairs) - _MOST_LISTED
    listed = ", ".join(pairs[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
    yield f"found by the order and shape of computation, not by name: {listed}"
