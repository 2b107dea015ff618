"""The places of a network that a file of tensors has to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netparity.networks.graph import Network, Node, Shape

_PASSED = ("flatten", "dropout", "identity")


@dataclass(frozen=True, eq=False)
class Slot:
    """A node with tensors.

    Attributes:
        name: of the layer as it is shown.
        roles: role to the tensor's name in the network.
        shapes: role to shape.
        kernel: height, width, inputs and outputs of its kernel, a dense layer's as that of a kernel
            as large as the map that it reads; None without one.
        map: height and width of its input, if that is a map.
        branch: whether it is on the shorter way around others.
        known: each tool's name of the layer.
    """

    name: str
    node: Node = field(repr=False)
    roles: Mapping[str, str] = field(repr=False)
    shapes: Mapping[str, Shape] = field(repr=False)
    kernel: tuple[int, int, int, int] | None
    map: tuple[int, int] | None = None
    branch: bool = False
    known: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def grouped(self) -> bool:
        """Whether each group has a single input channel, as in a depthwise convolution."""
        return self.node.attributes.get("groups", 1) > 1 and bool(self.kernel)


def slots_of(network: Network) -> tuple[Slot, ...]:
    """Every node with tensors, in the network's order."""
    shortcuts = set(_shortcuts(network))
    return tuple(
        _slot(network, node, node.name in shortcuts) for node in network.nodes if node.tensors
    )


def names_of(slot: Slot) -> tuple[str, ...]:
    """Every name by which a file may call the slot's layer."""
    parameters = [tensor.rpartition(".")[0] for tensor in slot.roles.values()]
    return tuple(dict.fromkeys([*parameters, slot.node.name, slot.name, *slot.known.values()]))


def orders(network: Network, slots: Sequence[Slot]) -> Iterator[tuple[Slot, ...]]:
    """The slots in every order in which tools list them.

    First the network's own; then, where branches are joined, the longer branch before the shorter
    one, and the other way round.
    """
    yield tuple(slots)
    if not any(len(node.inputs) > 1 for node in network.nodes):
        return
    by_name = {slot.node.name: slot for slot in slots}
    depth = _depths(network)
    for sign in (-1, 1):
        yield tuple(by_name[name] for name in _walked(network, depth, sign) if name in by_name)


def _slot(network: Network, node: Node, branch: bool) -> Slot:
    shapes = {role: network.tensors[name] for role, name in node.tensors.items()}
    given = network.shapes[node.inputs[0]]
    kernel, size = None, None
    if (shape := shapes.get("kernel")) is not None:
        if len(shape) == 4:
            kernel = (shape[0], shape[1], shape[2], shape[3])
            size = (given[0], given[1]) if len(given) == 3 else None
        elif len(shape) == 2:
            kernel = (1, 1, shape[0], shape[1])
            source = _map_before(network, node)
            if source is not None and source[0] * source[1] * source[2] == shape[0]:
                kernel, size = (*source, shape[1]), source[:2]
    owner = network.owner(node)
    known = {**node.names, **network.by_name[owner].names}
    return Slot(owner, node, node.tensors, shapes, kernel, size, branch, known)


def _map_before(network: Network, node: Node) -> tuple[int, int, int] | None:
    """The map that a dense layer reads through a flattening, if it reads one."""
    name, flattened = node.inputs[0], False
    while (before := network.by_name.get(name)) is not None and before.op in _PASSED:
        flattened = flattened or before.op == "flatten"
        name = before.inputs[0]
    shape = network.shapes[name]
    return (shape[0], shape[1], shape[2]) if flattened and len(shape) == 3 else None


def _depths(network: Network) -> dict[str, int]:
    depth = {entry.name: 0 for entry in network.inputs}
    for node in network.nodes:
        before = max((depth[name] for name in node.inputs), default=0)
        depth[node.name] = before + ("kernel" in node.tensors)
    return depth


def _walked(network: Network, depth: Mapping[str, int], sign: int) -> list[str]:
    """Every node after those that it reads, one branch at a time."""
    done: set[str] = set()
    found: list[str] = []
    waiting = [(node.name, False) for node in reversed(network.outputs)]
    while waiting:
        name, ready = waiting.pop()
        if name in done or name not in network.by_name:
            continue
        if ready:
            done.add(name)
            found.append(name)
            continue
        waiting.append((name, True))
        inputs = sorted(network.by_name[name].inputs, key=lambda source: sign * depth[source])
        waiting += [(source, False) for source in reversed(inputs)]
    return found


def _shortcuts(network: Network) -> Iterator[str]:
    """The nodes on the shorter of two ways that an addition joins."""
    for node in network.nodes:
        if node.op != "add" or len(node.inputs) != 2:
            continue
        ways = [_way(network, name) for name in node.inputs]
        shared = set(ways[0]) & set(ways[1])
        if not shared:
            continue
        own = [[name for name in way if name not in shared] for way in ways]
        lengths = [sum("kernel" in network.by_name[n].tensors for n in way) for way in own]
        if lengths[0] != lengths[1]:
            yield from own[lengths.index(min(lengths))]


def _way(network: Network, name: str) -> list[str]:
    """A node and those before it, as long as each reads a single one."""
    way = []
    while (node := network.by_name.get(name)) is not None:
        way.append(name)
        if len(node.inputs) != 1:
            break
        name = node.inputs[0]
    return [*way, name] if node is None else way
