"""The names under which a user knows the nodes of an ONNX file.

- PyTorch's exporters say in which module a node was made: `/layer1/layer1.0/conv1/Conv` is the
  module `layer1.0.conv1`. A module's last node has its name, unless it is in a module inside; other
  nodes have the operation after it: `layer1.0.Add`.
- tf2onnx's names are those of TensorFlow's graph: `model/block1_conv1/Relu:0` is what the layer
  `block1_conv1` returns, `block1_conv1/BiasAdd` what it computed before.
- Elsewhere a node is called as its output, or as the node if the output has only a number
  (`130`, `input.4`), or as the operation with a number.

Whatever the file calls a node or a tensor otherwise is an alias.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from netparity.networks.reading.onnx.builder import Builder
from netparity.networks.reading.onnx.own import PRODUCER

_DEEPEST = 16
_AUTOMATIC = re.compile(r"(onnx::.*|\d+|(input|x|out|output|val|getitem)[._]?\d*|.*\.\d+)")
_SCOPES = re.compile(r"'((?:[^'\\]|\\.)*)'")


@dataclass(frozen=True)
class _Place:
    """Where a node was made: a module or layer, and the node's own name in it."""

    scope: str
    own: str
    joint: str

    @property
    def full(self) -> str:
        return f"{self.scope}{self.joint}{self.own}" if self.scope else self.own


def chosen(graph: Builder, inputs: Iterable[str], producer: str) -> dict[str, str]:
    """A name for every node.

    Args:
        inputs: names that are taken.
        producer: of the file. netparity's own files have the right names already.
    """
    if producer == PRODUCER:
        return {name: name for name in graph.nodes}
    places = {name: _place(graph, name) for name in graph.nodes}
    _without_model(places)
    own = {name: _plain(graph, name) for name, place in places.items() if place is None}
    results = _results(graph, places, set(own.values()))
    taken = Counter(inputs)
    names = {}
    for name, place in places.items():
        wanted = own[name] if place is None else results.get(name, place.full)
        names[name] = _free(wanted, taken)
    return names


def _results(
    graph: Builder, places: Mapping[str, _Place | None], exact: set[str]
) -> dict[str, str]:
    """The nodes that have the name of their module or layer.

    It is the last node, unless that is in a module inside, or every one, numbered, of a module that
    is called several times.
    """
    members: dict[_Place, list[str]] = defaultdict(list)
    beneath: dict[str, list[str]] = defaultdict(list)
    for name, place in places.items():
        if place is not None and place.scope:
            members[replace(place, own="")].append(name)
            for scope in _scopes(place):
                beneath[scope].append(name)
    results: dict[str, str] = {}
    for place, nodes in members.items():
        scope = _widest(place, beneath)
        if scope in exact or beneath[place.scope][-1] != nodes[-1]:
            continue
        is_leaf = len(beneath[place.scope]) == len(nodes)
        if place.joint == "." and is_leaf and _is_repeated(graph, nodes):
            results |= {
                node: f"{scope}_{call}" if call else scope for call, node in enumerate(nodes)
            }
        else:
            results[nodes[-1]] = scope
    return results


def _scopes(place: _Place) -> Iterator[str]:
    """The module or layer of a node and those around it."""
    scope = place.scope
    for _ in range(_DEEPEST):
        yield scope
        if place.joint not in scope:
            break
        scope = scope.rpartition(place.joint)[0]


def _widest(place: _Place, beneath: Mapping[str, list[str]]) -> str:
    """TensorFlow's layers have parts: `bn/batchnorm` is all that there is of the layer `bn`."""
    if place.joint != "/":
        return place.scope
    count = len(beneath[place.scope])
    return [scope for scope in _scopes(place) if len(beneath[scope]) == count][-1]


def _is_repeated(graph: Builder, nodes: Sequence[str]) -> bool:
    """Whether these are one operation each time, none on the output of another."""
    made = [graph.nodes[node] for node in nodes]
    inside = set(nodes)
    return len({node.op for node in made}) == 1 and not any(
        inside & set(node.inputs) for node in made
    )


def _free(wanted: str, taken: Counter[str]) -> str:
    name = wanted
    while taken[name]:
        taken[wanted] += 1
        name = f"{wanted}_{taken[wanted]}"
    taken[name] += 1
    return name


def _plain(graph: Builder, name: str) -> str:
    """The output's name, unless it is only a number and the node has one."""
    output, call = graph.outputs[name], graph.made_by[name]
    suffix = name[len(output) :]
    if not _AUTOMATIC.fullmatch(output):
        return name
    if call.node.name and not _AUTOMATIC.fullmatch(call.node.name):
        return call.node.name + suffix
    return name if not output.isdigit() else f"{call.op.lower()}_{output}{suffix}"


def _place(graph: Builder, name: str) -> _Place | None:
    output, node = graph.outputs[name], graph.made_by[name].node
    suffix = name[len(output) :]
    scopes = next(
        (entry.value for entry in node.metadata_props if entry.key.endswith("name_scopes")), ""
    )
    found = [scope for scope in _SCOPES.findall(scopes[:4096]) if scope]
    if len(found) > 1:
        return _Place(found[-2], found[-1] + suffix, ".")
    if node.name.startswith("/"):
        return _of_modules(node.name, suffix)
    if output.endswith(":0"):
        *scope, own = output.removesuffix(":0").split("/")
        return _Place("/".join(scope), own + suffix, "/")
    return None


def _of_modules(label: str, suffix: str) -> _Place:
    """`/layer1/layer1.0/conv1/Conv`: a sequence's members repeat its name."""
    *parts, own = label.strip("/").split("/")
    path = ""
    for before, part in zip(["", *parts], parts, strict=False):
        inside = part.startswith(f"{before}.") if before else False
        part_name = part.removeprefix(f"{before}.") if inside else part
        path = f"{path}.{part_name}" if path else part_name
    return _Place(path, own + suffix, ".")


def _without_model(places: dict[str, _Place | None]) -> None:
    """Leave out the model's name, which begins every name of TensorFlow's graph."""
    layers = {name: place for name, place in places.items() if place and place.joint == "/"}
    for _ in range(2):  # the call of a function, then the model
        first = {place.scope.partition("/")[0] for place in layers.values() if place.scope}
        if len(first) != 1 or not any("/" in place.scope for place in layers.values()):
            break
        [model] = first
        for name, place in layers.items():
            layers[name] = replace(place, scope=place.scope.removeprefix(model).removeprefix("/"))
        if "PartitionedCall" not in model:
            break
    starts = [place.scope.partition("/")[0] for place in layers.values() if place.scope]
    if len(starts) > 1 and all(start.endswith("_1") for start in starts):
        for name, place in layers.items():  # Keras exports the second call of every layer
            start, slash, rest = place.scope.partition("/")
            layers[name] = replace(place, scope=f"{start.removesuffix('_1')}{slash}{rest}")
    places.update(layers)


def aliases(names: Mapping[str, str], graph: Builder, tensors: Mapping[str, str]) -> dict[str, str]:
    """Every other name of the file to the node that it means.

    Args:
        names: as chosen.
        tensors: the file's name of an activation to the provisional name of its node.
    """
    found: dict[str, str] = {}
    labels = ((call.node.name, node) for node, call in graph.made_by.items())
    stems = ((tensor.removesuffix(":0"), node) for tensor, node in tensors.items())
    taken = set(names.values())
    for other, node in (*tensors.items(), *labels, *stems):
        if other and node in names and other not in taken:
            found.setdefault(other, names[node])
    return found
