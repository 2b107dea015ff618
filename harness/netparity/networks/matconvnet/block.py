"""A block of a file that is read: its fields as numbers and texts, its parameters as tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.files.matlab import Cell, Node, numbers
from netparity.files.stored import Stored
from netparity.networks.node import GraphError, Shape

_MOST_WHOLE = 2**31
_WITHOUT_EFFECT = ("cudnn", "nocudnn", "verbose")
_WITH_A_NUMBER = "cudnnworkspacelimit"


@dataclass(frozen=True)
class Tensor:
    """A tensor in a file.

    Attributes:
        load: reads its values, float32, in this shape.
    """

    shape: Shape
    load: Callable[[], npt.NDArray[np.float32]]

    def reshaped(self, shape: Shape) -> Tensor:
        """The same values in another shape."""
        return Tensor(shape, lambda: self.load().reshape(shape))


@dataclass(frozen=True)
class Block:
    """One block, which in SimpleNN is a layer.

    Attributes:
        name: of the node.
        kind: the class of the DagNN block without `dagnn.`.
        fields: of the block.
        parameters: in the block's order.
        inputs: the shapes of what it reads: height x width x channels each.
    """

    name: str
    kind: str
    fields: Mapping[str, Node]
    parameters: Sequence[Node]
    inputs: Sequence[Shape]

    def wrong(self, problem: str) -> GraphError:
        """An error that names the block and its kind."""
        return GraphError(f"node {self.name[:80]!r} ({self.kind[:40]}) {problem}")

    def whole(self, field: str, count: int, default: tuple[int, ...]) -> tuple[int, ...]:
        """A field of `count` whole numbers, where a single number stands for all.

        Raises:
            GraphError: if it is something else.
        """
        given = self.row(field, default)
        found = given * count if len(given) == 1 else given
        if len(found) != count or any(v != int(v) or abs(v) > _MOST_WHOLE for v in found):
            raise self.wrong(f"has {field} {list(given)[:8]}, expected {count} whole numbers")
        return tuple(map(int, found))

    def row(self, field: str, default: tuple[float, ...]) -> tuple[float, ...]:
        """A field of finite numbers; the default if it is missing or empty.

        Raises:
            GraphError: if it is something else.
        """
        node = self.fields.get(field)
        if node is None or (isinstance(node, Stored) and node.size == 0):
            return default
        found = numbers(node)
        if not found.size or not np.isfinite(found).all():
            raise self.wrong(f"has a {field} that is not a row of numbers")
        return tuple(found.tolist())

    def number(self, field: str, default: float) -> float:
        """A field of one number.

        Raises:
            GraphError: if it is something else.
        """
        found = self.row(field, (default,))
        if len(found) != 1:
            raise self.wrong(f"has {field} {list(found)[:8]}, expected one number")
        return found[0]

    def text(self, field: str, default: str) -> str:
        """A field of text; the default if it is missing or empty.

        Raises:
            GraphError: if it is something else.
        """
        found = self.fields.get(field)
        if not isinstance(found, str) and found is not None and getattr(found, "size", True):
            raise self.wrong(f"has a {field} that is not a text")
        return found if isinstance(found, str) and found else default

    def check_options(self) -> None:
        """See that the options `opts`, which MatConvNet adds to its call, change no values.

        Raises:
            GraphError: naming the first one that does.
        """
        options = self.fields.get("opts")
        members = options.members if isinstance(options, Cell) else ()
        places = iter(members)
        for option in places:
            name = option.lower() if isinstance(option, str) else ""
            if name == _WITH_A_NUMBER:
                next(places, None)
            elif name not in _WITHOUT_EFFECT:
                shown = repr(option[:40]) if isinstance(option, str) else "something else"
                raise self.wrong(
                    f"has the option {shown} in opts, which is not read; fix: make it a field of "
                    "the layer, and opts an empty cell"
                )

    def has_tensor(self, place: int) -> bool:
        """Whether there is a parameter that is not empty."""
        node = self.parameters[place] if place < len(self.parameters) else None
        return isinstance(node, Stored) and node.size > 0

    def tensor(self, place: int, what: str, rank: int) -> Tensor:
        """A parameter with `rank` axes; MATLAB drops trailing ones of size 1.

        Raises:
            GraphError: if it is missing, or not such an array.
        """
        node = self.parameters[place] if place < len(self.parameters) else None
        if not isinstance(node, Stored) or node.size == 0 or node.dtype.kind not in "fiub":
            raise self.wrong(f"has no {what}")
        shape = node.shape[::-1]
        while len(shape) > rank and shape[-1] == 1:
            shape = shape[:-1]
        if len(shape) > rank:
            raise self.wrong(f"has {what} of {' x '.join(map(str, shape))}, expected {rank} axes")
        shape += (1,) * (rank - len(shape))

        def load() -> npt.NDArray[np.float32]:
            return np.asarray(node.load().T, np.float32).reshape(shape)

        return Tensor(shape, load)

    def vector(self, place: int, what: str, count: int) -> Tensor:
        """A parameter of `count` values in whatever direction.

        Raises:
            GraphError: if it is missing, or has another number of values.
        """
        node = self.parameters[place] if place < len(self.parameters) else None
        if not isinstance(node, Stored) or node.size != count or node.dtype.kind not in "fiub":
            found = node.size if isinstance(node, Stored) else 0
            raise self.wrong(f"has {found} {what}, expected {count}")

        def load() -> npt.NDArray[np.float32]:
            return np.asarray(node.load(), np.float32).reshape(count)

        return Tensor((count,), load)
