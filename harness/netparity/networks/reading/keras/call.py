"""One call of a layer, and what its translation into nodes needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netparity.files.stored import Stored
from netparity.networks.reading.keras.building import Builder, Tensor, Value
from netparity.networks.reading.keras.fields import Fields

CHANNELS_FIRST = (2, 0, 1)
CHANNELS_LAST = (0, 1, 2)


@dataclass(frozen=True)
class Era:
    """Which Keras saved the file.

    Attributes:
        version: 1, 2 or 3.
        backend: empty if the file does not say.
        release: the version in full; empty if the file does not say.
    """

    version: int
    backend: str
    release: str = ""

    @property
    def tensorflow2(self) -> bool:
        """Whether it is Keras 3, or a Keras 2 that is part of TensorFlow 2."""
        match = re.match(r"2\.(\d{1,3})\.\d+(-tf)?", self.release)
        late = match is not None and (int(match[1]) >= 4 or (int(match[1]) == 3 and bool(match[2])))
        return self.version == 3 or late


@dataclass
class Call:
    """A layer's configuration together with the values that it is called with.

    Attributes:
        fields: the configuration.
        name: of the node that has the layer's output.
        owner: the name under which its tensors are stored, which all its calls share.
        inputs: the values.
        arguments: as the layer is called, with constants in place; operations have them.
        arrays: of the layer, in Keras's order.
        unused: makes a name for a further node that no other node has.
    """

    fields: Fields
    name: str
    owner: str
    inputs: Sequence[Value]
    build: Builder
    era: Era
    arrays: Sequence[Stored] = ()
    arguments: Sequence[Any] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @property
    def value(self) -> Value:
        """The only input.

        Raises:
            GraphError: if there are more.
        """
        if len(self.inputs) != 1:
            raise self.fields.refused(f"has {len(self.inputs)} inputs, expected 1")
        return self.inputs[0]

    @property
    def channels_first(self) -> bool:
        """Whether channels are the first of Keras's axes."""
        text = self.fields.text("data_format", "dim_ordering", default="channels_last")
        known = {"channels_first": True, "th": True, "channels_last": False, "tf": False}
        if text not in known:
            raise self.fields.refused(f"has data_format {text[:40]!r}")
        return known[text]

    def image(self) -> Value:
        """The only input with its axes as `data_format` says, so that the graph's are H, W, C."""
        if len(self.value.shape) != 3:
            raise self.fields.refused(
                f"has an input of {len(self.value.shape)} axes, expected height, width and channels"
            )
        return self.arranged(CHANNELS_FIRST if self.channels_first else CHANNELS_LAST)

    def arranged(
        self, order: Sequence[int], value: Value | None = None, named: bool = False
    ) -> Value:
        """A value with this order of axes; the layer's own node if it is `named`."""
        value = self.value if value is None else value
        if value.order == tuple(order):
            return value
        name = self.name if named else self.further("transposed")
        return self.build.arranged(name, value, order, inner=not named)

    def plain(self, value: Value | None = None) -> Value:
        """A value with the graph's axes in Keras's order."""
        value = self.value if value is None else value
        return self.arranged(tuple(range(len(value.shape))), value)

    def axis(self, number: int, value: Value | None = None) -> int:
        """The graph's axis for one of Keras's, which count the batch as axis 0.

        Raises:
            GraphError: if there is no such axis.
        """
        value = self.value if value is None else value
        rank = len(value.shape)
        place = number - 1 if number > 0 else number
        if number == 0 or not -rank <= place < rank:
            raise self.fields.refused(f"has axis {number}, but its input has {rank} axes")
        return value.order[place]

    def further(self, suffix: str) -> str:
        """A name for an inner node."""
        name, count = f"{self.name}_{suffix}", 1
        while name in self.taken:
            count += 1
            name = f"{self.name}_{suffix}_{count}"
        self.taken.add(name)
        return name

    def expect_arrays(self, *roles: str) -> dict[str, Stored]:
        """The layer's arrays by their roles.

        Raises:
            GraphError: if the file has others.
        """
        if len(self.arrays) != len(roles):
            found = "none" if not self.arrays else str(len(self.arrays))
            raise self.fields.refused(
                f"has {found} of its {len(roles)} arrays ({', '.join(roles)}) in the file"
            )
        return dict(zip(roles, self.arrays, strict=True))

    def node(
        self,
        op: str,
        inputs: Sequence[Value] | None = None,
        attributes: Mapping[str, Any] | None = None,
        tensors: Mapping[str, Tensor] | None = None,
        *,
        suffix: str = "",
        order: tuple[int, ...] | None = None,
    ) -> Value:
        """Add the layer's node, or with a suffix an inner one before it."""
        given = [self.value] if inputs is None else list(inputs)
        name = self.further(suffix) if suffix else self.name
        owner = self.owner
        if suffix and suffix != "linear":
            owner = f"{self.owner}_{suffix}"
        return self.build.add(
            name, op, given, attributes, tensors, owner=owner, inner=bool(suffix), order=order
        )
