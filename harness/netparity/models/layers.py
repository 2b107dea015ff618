"""The layer map: the layers of a network, and their names in every tool.

Job files, weight converters, the reference pass and shape checks are all derived from a `Model`, so
a new network is one more value of this type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netparity.errors import UsageError

Tool = Literal["keras", "matconvnet"]


class UnknownLayerError(UsageError):
    """The model has no layer with the requested name."""


@dataclass(frozen=True)
class Layer:
    """One layer, whose output after any non-linearity is a feature.

    Attributes:
        name: netparity's name, e.g. `conv1_1`, `pool1`, `fc6`, `prob`.
        kind: `conv` (3x3, stride 1, same padding), `pool` (2x2 maximum, stride 2) or
            `dense` (a kernel as large as its input).
        activation: the non-linearity at the end of the layer.
        parameters: name under which kernel and bias are stored; None for a pool.
        kernel_shape: height x width x input channels x output channels; None for a pool.
        output_shape: height x width x channels of one image, or (units,) for a dense layer.
        names: each tool's name of the layer with this output.
    """

    name: str
    kind: Literal["conv", "pool", "dense"]
    activation: Literal["relu", "softmax"] | None
    parameters: str | None
    kernel_shape: tuple[int, int, int, int] | None
    output_shape: tuple[int, ...]
    names: Mapping[Tool, str]

    @property
    def takes_image(self) -> bool:
        """Whether the layer's input is the image itself, whose channels have an order."""
        return self.name == "conv1_1"

    @property
    def kernel(self) -> str:
        """Name of the kernel in the canonical weights."""
        return f"{self.parameters}.kernel"

    @property
    def bias(self) -> str:
        """Name of the bias in the canonical weights."""
        return f"{self.parameters}.bias"


@dataclass(frozen=True)
class Model:
    """A network as a sequence of layers, with the preprocessing that its weights expect.

    Attributes:
        blocks: output channels of the convolutions in each block; a block ends in a pool.
        dense: units of the hidden dense layers.
        classes: units of the output.
        input_size: height and width of the input image in pixels.
        mean_rgb: mean subtracted from each channel of an RGB image with values of 0 to 255.
        layers: the layer map, from input to output.
    """

    name: str
    blocks: tuple[tuple[int, ...], ...]
    dense: tuple[int, ...]
    classes: int
    input_size: tuple[int, int]
    mean_rgb: tuple[float, float, float]
    layers: tuple[Layer, ...]
    default_features: tuple[str, ...] = field(default=("fc6", "fc7"))

    @property
    def parametric_layers(self) -> tuple[Layer, ...]:
        """The layers that have a kernel and a bias, from input to output."""
        return tuple(layer for layer in self.layers if layer.parameters is not None)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor of the canonical weights, in stored order."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in self.parametric_layers:
            assert layer.kernel_shape is not None
            shapes[layer.kernel] = layer.kernel_shape
            shapes[layer.bias] = (layer.kernel_shape[3],)
        return shapes

    def layer(self, name: str) -> Layer:
        """The layer with this name here or in any tool (`fc6`, `fc1` and `relu6` are the same).

        Raises:
            UnknownLayerError: if there is no such layer; the message lists the model's layers.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        for layer in self.layers:
            if name in layer.names.values():
                return layer
        known = ", ".join(layer.name for layer in self.layers)
        raise UnknownLayerError(f"{self.name} has no layer {name!r}; its layers are {known}")

    def select(self, names: str) -> tuple[Layer, ...]:
        """The layers in a comma-separated list, or every layer for `all`; in network order.

        Raises:
            UnknownLayerError: if a name is unknown or the list is empty.
        """
        if names.strip() == "all":
            return self.layers
        wanted = {self.layer(name.strip()).name for name in names.split(",") if name.strip()}
        if not wanted:
            raise UnknownLayerError(
                f"no layer in {names!r}; expected names such as fc6,fc7, or all"
            )
        return tuple(layer for layer in self.layers if layer.name in wanted)
