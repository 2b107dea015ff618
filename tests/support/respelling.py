"""Random small networks, and the same functions written in another way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from netparity.networks.checking import checked
from netparity.networks.graph import Network, Node
from tests.support.graph_jobs import Array, Sketch

Arrays = dict[str, Array]


def random_network(seed: int) -> tuple[Network, Arrays]:
    """A network with branches, whose last nodes are dense layers and a softmax."""
    random = np.random.default_rng(seed)
    height, width = (int(size) for size in random.integers(7, 13, 2))
    sketch = Sketch((height, width, 3), seed)
    shapes = {"input": (height, width, 3)}
    last = "input"

    def add(name: str, op: str, *inputs: str, **given: Any) -> str:
        nonlocal last
        last = sketch.add(name, op, *(inputs or (last,)), **given)
        shapes[name] = sketch.network().shapes[name]
        return last

    def conv(name: str, units: int, window: int, *inputs: str, **attributes: Any) -> str:
        channels = shapes[inputs[0] if inputs else last][2]
        tensors = {"kernel": sketch.normal(window, window, channels, units, scale=0.3)}
        tensors["bias"] = sketch.normal(units)
        return add(name, "conv", *inputs, tensors=tensors, **attributes)

    for block in range(int(random.integers(1, 4))):
        channels = int(random.integers(3, 7))
        top, bottom, left, right = (int(pad) for pad in random.integers(0, 3, 4))
        stride = int(random.integers(1, 3))
        conv(f"conv{block}", channels, 3, pads=(top, bottom, left, right), strides=(stride, stride))
        if random.random() < 0.5:
            moments = {"mean": sketch.normal(channels), "variance": sketch.positive(channels)}
            affine = {"scale": sketch.positive(channels), "bias": sketch.normal(channels)}
            add(f"norm{block}", "batch_norm", tensors={**moments, **affine}, epsilon=1e-5)
        start = add(f"act{block}", str(random.choice(["relu", "swish", "clipped_relu", "elu"])))
        if random.random() < 0.7:
            left_branch = conv(f"left{block}", channels, 1, start)
            right_branch = conv(f"right{block}", channels, 3, start, pads=(1, 1, 1, 1))
            joined = str(random.choice(["add", "multiply", "concat"]))
            add(f"join{block}", joined, left_branch, right_branch)
        if min(shapes[last][:2]) > 3 and random.random() < 0.6:
            kind = str(random.choice(["max_pool", "average_pool"]))
            settings = {"window": (2, 2), "strides": (2, 2), "ceil": bool(random.random() < 0.5)}
            add(f"pool{block}", kind, **settings)
    if random.random() < 0.3:
        add("gap", "global_average")
    shape = shapes[last] if len(shapes[last]) == 3 else (1, 1, *shapes[last])
    kernel = sketch.normal(*shape, 5, scale=0.2)
    add("fc1", "dense", tensors={"kernel": kernel, "bias": sketch.normal(5)})
    add("fc1_relu", "relu")
    add("fc2", "dense", tensors={"kernel": sketch.normal(1, 1, 5, 4), "bias": sketch.normal(4)})
    add("prob", "softmax")
    return sketch.network(f"random {seed}"), dict(sketch.tensors)


class Respelling:
    """Writes every node of a network in another of the ways that tools have."""

    def __init__(self, network: Network, tensors: Arrays, seed: int) -> None:
        self.network, self.given = network, tensors
        self.random = np.random.default_rng(seed)
        self.nodes: list[Node] = []
        self.tensors: Arrays = {}
        self.names = {entry.name: entry.name for entry in network.inputs}
        self._numbers = itertools.count()

    def result(self) -> tuple[Network, Arrays]:
        for node in self.network.nodes:
            inputs = [self.perhaps_idle(self.names[name]) for name in node.inputs]
            tensors = {role: self.given[name] for role, name in node.tensors.items()}
            write = getattr(self, f"write_{node.op}", self.write_other)
            self.names[node.name] = write(node, inputs, tensors)
        shapes = {name: values.shape for name, values in self.tensors.items()}
        made = Network("respelled", self.network.inputs, tuple(self.nodes), shapes)
        return checked(made), self.tensors

    def chance(self) -> bool:
        return bool(self.random.random() < 0.5)

    def add(self, op: str, inputs: list[str], tensors: Any = None, **attributes: Any) -> str:
        name = f"n{next(self._numbers)}"
        stored = {role: f"t{next(self._numbers)}" for role in tensors or {}}
        for role, values in (tensors or {}).items():
            self.tensors[stored[role]] = np.ascontiguousarray(values)
        self.nodes.append(Node(name, op, tuple(inputs), attributes, stored))
        return name

    def perhaps_idle(self, name: str) -> str:
        for op in ("identity", "dropout"):
            if self.random.random() < 0.2:
                name = self.add(op, [name])
        return name

    def write_other(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        return self.add(node.op, inputs, tensors, **node.attributes)

    def write_conv(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        attributes = dict(node.attributes)
        if self.chance() and any(attributes.get("pads", ())):
            top, bottom, left, right = attributes.pop("pads")
            pads = ((top, bottom), (left, right), (0, 0))
            return self.add("conv", [self.add("pad", inputs, pads=pads)], tensors, **attributes)
        kernel = tensors["kernel"]
        if kernel.shape[:2] == (1, 1) and not attributes and self.chance():
            return self.add("dense", inputs, {**tensors, "kernel": kernel[0, 0]})
        return self.add("conv", inputs, tensors, **attributes)

    def write_relu(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        if self.chance():
            return self.add("clipped_relu", inputs, minimum=0.0, maximum=None)
        return self.add("relu", inputs)

    def write_swish(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        if self.chance():
            gate = self.add("sigmoid", inputs)
            return self.add("multiply", [gate, *inputs] if self.chance() else [*inputs, gate])
        return self.add("swish", inputs)

    def write_add(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        return self.add(node.op, inputs[::-1] if self.chance() else inputs)

    write_multiply = write_add

    def write_average_pool(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        return self._pool(node, inputs)

    def write_max_pool(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        return self._pool(node, inputs)

    def _pool(self, node: Node, inputs: list[str]) -> str:
        """For windows of 2 x 2, `ceil` written as padding, or padding that no window reaches."""
        attributes = {"ceil": False, **node.attributes}
        if attributes["window"] != (2, 2) or any(attributes.get("pads", ())):
            return self.add(node.op, inputs, **attributes)
        size = self.network.shapes[node.inputs[0]]
        odd = [extent % 2 for extent in size[:2]]
        if attributes["ceil"] and self.chance():
            attributes |= {"ceil": False, "pads": (0, odd[0], 0, odd[1])}
        elif not attributes["ceil"]:
            attributes["pads"] = (0, 1 - odd[0], 0, 1 - odd[1])
        return self.add(node.op, inputs, **attributes)

    def write_global_average(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        height, width, _ = self.network.shapes[node.inputs[0]]
        ways: list[Callable[[], str]] = [
            lambda: self.add("global_average", inputs, keep_dims=self.chance()),
            lambda: self.add("mean", inputs, axes=(1, 0), keep_dims=self.chance()),
            lambda: self.add("average_pool", inputs, window=(height, width)),
        ]
        return ways[int(self.random.integers(len(ways)))]()

    def write_dense(self, node: Node, inputs: list[str], tensors: Arrays) -> str:
        """A vector after a flatten in any order, or a convolution as large as the map."""
        kernel = tensors["kernel"]
        given = self._shape(inputs[0])
        height, width, channels = kernel.shape[:3]
        if self.chance():
            as_map = inputs[0]
            if len(given) != 3:
                as_map = self.add("reshape", inputs, shape=(height, width, channels))
            name = self.add("conv", [as_map], tensors)
            return self.add("flatten", [name]) if self.chance() else name
        if len(given) == 3:
            order = tuple(int(axis) for axis in self.random.permutation(3))
            inputs = [self.perhaps_idle(self.add("flatten", inputs, order=order))]
            if self.chance():  # which may as well be done before an activation
                inputs = [self.add("reshape", inputs, shape=(kernel[..., 0].size,))]
            kernel = kernel.transpose(*order, 3)
        flat = kernel.reshape(-1, kernel.shape[-1])
        return self.add("dense", inputs, {**tensors, "kernel": flat})

    def _shape(self, name: str) -> tuple[int, ...]:
        shapes = {tensor: values.shape for tensor, values in self.tensors.items()}
        so_far = Network("so far", self.network.inputs, tuple(self.nodes), shapes)
        return so_far.shapes[name]


def respelled(network: Network, tensors: Arrays, seed: int) -> tuple[Network, Arrays]:
    """The same function in another spelling, under other names."""
    return Respelling(network, tensors, seed).result()
