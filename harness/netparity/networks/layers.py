"""A network as a list of layers, each a node that has a feature of its own.

A layer is what a user and most tools call so: an operation with weights together with the
activation at its end. `Network.layers` lists them; whatever knows a chain of layers, such as the
file formats that store kernels in order, works with these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netparity.networks.node import Node, Shape

Tool = str


@dataclass(frozen=True)
class Layer:
    """One layer, whose output after any non-linearity is a feature.

    Attributes:
        name: the node's name, e.g. `conv1_1`, `pool1`, `fc6`, `prob`.
        kind: `conv`, `pool` or `dense`; for anything else the operation.
        activation: the operation at the end of the layer, if it is not the layer itself.
        parameters: name under which kernel and bias are stored; None without a kernel.
        kernel_shape: height x width x input channels x output channels; None without a kernel.
        input_shape: of one image, at its first input.
        output_shape: of one image.
        names: each tool's name of the layer with this output.
        takes_image: whether its input is the image itself, whose channels have an order.
        node: the node whose output this is.
        linear: the node that has the kernel; None without one.
    """

    name: str
    kind: str
    activation: str | None
    parameters: str | None
    kernel_shape: tuple[int, ...] | None
    input_shape: Shape
    output_shape: Shape
    names: Mapping[Tool, str]
    takes_image: bool
    node: Node = field(repr=False, compare=False)
    linear: Node | None = field(default=None, repr=False, compare=False)

    @property
    def kernel(self) -> str:
        """Name of the kernel in the canonical weights."""
        assert self.linear is not None
        return self.linear.tensors["kernel"]

    @property
    def bias(self) -> str:
        """Name of the bias in the canonical weights."""
        assert self.linear is not None
        return self.linear.tensors["bias"]
