"""From the nodes of an ONNX file to a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from netparity.networks.checking import checked
from netparity.networks.graph import Network
from netparity.networks.node import GraphError, Input, Node
from netparity.networks.reading.base import InFile
from netparity.networks.reading.onnx import (
    folding,
    names,
)
from netparity.networks.reading.onnx.builder import Builder
from netparity.networks.reading.onnx.calls import wrong
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.expressions import Expressions
from netparity.networks.reading.onnx.file import Parsed
from netparity.networks.reading.onnx.in_file import in_file
from netparity.networks.reading.onnx.inputs import inputs_of
from netparity.networks.reading.onnx.own import PRODUCER, with_metadata
from netparity.networks.reading.onnx.patterns import patterns_in
from netparity.networks.reading.onnx.translating import Reading
from netparity.networks.reading.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

_OLDEST = 7


def network_of(
    parsed: Parsed, name: str, input_size: tuple[int, int] | None = None
) -> tuple[Network, Mapping[str, Constant], InFile]:
    """The network of a file, its tensors, and how the file itself can be used.

    Raises:
        GraphError: naming the node and the operation that is not understood.
    """
    graph = parsed.model.graph
    nodes = list(_plain_nodes(parsed))
    inputs, values, other_images = inputs_of(parsed, input_size)
    uses = Counter(tensor for node in nodes for tensor in node.input)
    outputs = {output.name for output in graph.output}
    builder = Builder(lambda tensor: uses[tensor] == 1 and tensor not in outputs)
    images = next(iter(values.values())).images
    constants = parsed.initializers | folding.constant_nodes(nodes)
    found = patterns_in(Expressions(nodes, constants, frozenset(outputs)))
    reading = Reading(builder, version_of(parsed), images, other_images, found)
    reading.tensors |= {**parsed.initializers, **values}
    for node in nodes:
        reading.translate(node)
    ends = _ends(reading, [output.name for output in graph.output])
    return _named(parsed, name, inputs, reading, ends)


def version_of(parsed: Parsed) -> int:
    """The version of ONNX's own operator set.

    Raises:
        GraphError: if it is older than what netparity reads, or newer than the `onnx` package.
    """
    from onnx import defs

    versions = [
        entry.version for entry in parsed.model.opset_import if entry.domain in ("", "ai.onnx")
    ]
    newest = defs.onnx_opset_version()
    others = sorted({entry.domain[:40] for entry in parsed.model.opset_import} - {"", "ai.onnx"})
    if not versions and others:
        raise GraphError(
            f"its operations are all of the domain {', '.join(others)[:80]}, which netparity does "
            "not read"
        )
    if len(versions) != 1 or not _OLDEST <= versions[0] <= newest:
        shown = " and ".join(map(str, versions)) or "no"
        raise GraphError(
            f"it uses {shown} opset; netparity reads opset {_OLDEST} to {newest}; fix: export it "
            "with opset_version=17"
        )
    return int(versions[0])


def _plain_nodes(parsed: Parsed) -> Iterator[NodeProto]:
    """The nodes, none of which has a graph inside or makes a tensor that exists already."""
    made = {*parsed.initializers, *(entry.name for entry in parsed.model.graph.input)}
    for node in parsed.model.graph.node:
        if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            raise wrong(node, "has a graph inside, which netparity does not read")
        for name in filter(None, node.output):
            if name in made:
                raise wrong(node, f"makes {name[:80]!r}, which exists already")
            made.add(name)
        yield node


def _ends(reading: Reading, outputs: list[str]) -> dict[str, str]:
    """The file's outputs and the nodes that make them."""
    found = {}
    for output in outputs:
        result = reading.tensors.get(output)
        if result is None:
            raise GraphError(f"no node computes the output {output[:80]!r}")
        if not isinstance(result, Value):
            what = "a constant" if isinstance(result, Constant) else "rows of all images"
            raise GraphError(f"the output {output[:80]!r} is {what}")
        if output in reading.calls:
            result = reading.builder.at_output(reading.calls[output], result)
            reading.tensors[output] = result
        found[output] = result.node
    return found


def _named(
    parsed: Parsed, name: str, inputs: tuple[Input, ...], reading: Reading, ends: dict[str, str]
) -> tuple[Network, Mapping[str, Constant], InFile]:
    builder = reading.builder
    stated = parsed.model.graph.name[:80]
    written_by_us = parsed.model.producer_name == PRODUCER
    new = names.chosen(builder, [entry.name for entry in inputs], parsed.model.producer_name)
    for output, end in ends.items():
        if end != output and end in new and output in new:
            new[output], new[end] = new[end], new[output]  # what the file returns has its name
    renamed = {entry.name: entry.name for entry in inputs} | new
    tensors: dict[str, Constant] = {}
    nodes = []
    for node in builder.nodes.values():
        roles = {role: f"{new[node.name]}.{role}" for role in node.tensors}
        tensors |= {roles[role]: builder.tensors[old] for role, old in node.tensors.items()}
        sources = tuple(renamed[source] for source in node.inputs)
        nodes.append(replace(node, name=new[node.name], inputs=sources, tensors=roles))
    known = {
        tensor: result.node
        for tensor, result in reading.tensors.items()
        if isinstance(result, Value)
    }
    network = Network(
        name=stated if written_by_us and stated.isprintable() else name,
        inputs=inputs,
        nodes=tuple(nodes),
        tensors={tensor: constant.shape for tensor, constant in tensors.items()},
        aliases=names.aliases(new, builder, known),
        default_features=_default(nodes, [new[end] for end in ends.values() if end in new]),
        origin="onnx",
    )
    complete, images = with_metadata(parsed.model, checked(network), parsed.initializers)
    whole = checked(complete)
    return whole, {**tensors, **images}, in_file(parsed, reading, new, whole)


def _default(nodes: list[Node], ends: list[str]) -> tuple[str, ...]:
    """The file's outputs, unless the last node is the only one."""
    features = tuple(dict.fromkeys(ends))
    return () if features == (nodes[-1].name,) else features
