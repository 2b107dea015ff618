"""Which node is meant by the name that a script gave an array?

Tools and scripts write more than a layer's name: `module.features.0` (DataParallel),
`model/block1_conv1/Relu:0` (TensorFlow), `/features/features.1/Relu_output_0` (ONNX),
`feat_fc6` or `conv1_1_out`. What is left out of a name are words that are known to mean no layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netparity.features.torch_modules import modules_of
from netparity.networks import Network, Node

_WRAPPER = re.compile(
    "module|model|net|network|backbone|encoder|base|base_model|_orig_mod|trunk|body|vgg|resnet|"
    "features?|feats|activations|outputs|layers|blobs|values|hooks|out|res"
)
"""What a layer's name may be in: modules, groups, dictionaries."""

_WORD = re.compile(
    "feats?|features?|acts?|activations?|out|outputs?|layer|blob|x|data|values?|np|npy|array"
)
"""What may be joined to a layer's name by an underscore or a hyphen."""

_LINEAR = re.compile(
    "biasadd|conv|conv2d|convolution|linear|gemm|matmul|add|pre|preact|preactivation|prerelu|"
    "before_relu"
)
"""Operations that compute a layer's value before its activation."""

_ACTIVATED = re.compile("relu|softmax|maxpool|avgpool|tanh|sigmoid|activation|post")
_REST = re.compile("output|out|value|x|y|data")
_PART = re.compile(r"(?P<word>[A-Za-z_0-9]*?)(_\d+)?(_output)?(_\d+)?(:\d+)?")
_RES = re.compile(r"(?:.*[./])?res\((\d+)\)\.x")

CERTAIN = 1
"""Spellings up to this one are names of layers whatever the shape of the array."""


@dataclass(frozen=True)
class Placed:
    """The node that a name means.

    Attributes:
        certainty: 0 for the name as given; larger where more was left out of it.
        by_module: whether it is the name of a module of PyTorch.
    """

    node: Node
    certainty: int
    by_module: bool = False


class Names:
    """The names of one network's nodes, here and in every tool.

    Args:
        prefix: the groups or structs that all names of a file are in.
        results: how many entries the struct `res` of a MatConvNet script has; 0 without one.
    """

    def __init__(self, network: Network, prefix: str = "", results: int = 0) -> None:
        self._network, self._prefix = network, prefix
        self._modules = {name.lower(): node for name, node in modules_of(network).items()}
        self._results = results

    def place(self, name: str) -> Placed | None:
        """The node that a name means; None if there is none."""
        if (found := self._result(name)) is not None:
            return found
        for certainty, (spelling, kind) in enumerate(self._spellings(name)):
            node, by_module = self._named(spelling)
            if node is None:
                continue
            node = self._of_kind(node, kind)
            if node is not None:
                return Placed(node, certainty, by_module)
        return None

    def _named(self, name: str) -> tuple[Node | None, bool]:
        if (node := self._network.find(name)) is not None:
            return node, False
        module = self._modules.get(name.lower())
        return (None if module is None else self._network.by_name[module]), True

    def _spellings(self, name: str) -> Iterator[tuple[str, str]]:
        """What the layer may be called, and the kind of its operation; the most certain first."""
        yield name, ""
        yield name.strip("/").removeprefix(self._prefix), ""
        path, kind = _without_operation(name.strip("/").removeprefix(self._prefix))
        for spelling in _paths(path):
            yield spelling, kind
            bare, own_kind = _without_words(spelling, self._network.name)
            yield bare, kind or own_kind

    def _of_kind(self, node: Node, kind: str) -> Node | None:
        """The node of a layer before its activation or after it; None if it has no such node."""
        network = self._network
        if kind == "linear":
            before = network.by_name.get(node.inputs[0])
            return before if before is not None and before.inner else node
        if kind == "activated" and node.tensors:
            readers = network.readers[node.name]
            return readers[0] if len(readers) == 1 and not readers[0].tensors else None
        return node

    def _result(self, name: str) -> Placed | None:
        """`res(i + 1).x` of vl_simplenn is what the i-th layer returns; `res(1).x` is the input."""
        found = _RES.fullmatch(name)
        if found is None or self._results != len(self._network.nodes) + 1:
            return None
        place = int(found[1]) - 2
        nodes = self._network.nodes
        return Placed(nodes[place], 0) if 0 <= place < len(nodes) else None


def count_results(names: list[str]) -> int:
    """How many entries the struct `res` has, as MatConvNet's scripts call it; 0 without one."""
    return max((int(found[1]) for name in names if (found := _RES.fullmatch(name))), default=0)


def _without_operation(name: str) -> tuple[str, str]:
    """A path without the operations at its end, and the kind of the last one."""
    parts, kind = re.split(r"[/]", name), ""
    parts[-1] = re.sub(r":\d+$", "", parts[-1])
    while len(parts) > 1:
        matched = _PART.fullmatch(parts[-1])
        word = (matched["word"] if matched else "").lower()
        if _LINEAR.fullmatch(word):
            kind = kind or "linear"
        elif _ACTIVATED.fullmatch(word):
            kind = kind or "activated"
        elif not _REST.fullmatch(word):
            break
        parts.pop()
    return "/".join(parts), kind


def _paths(path: str) -> Iterator[str]:
    """A path, with a sequence's own name said once, and without what it is in."""
    yield path
    joined, before = [], ""
    for part in path.split("/"):
        inside = bool(before) and part.startswith(f"{before}.")
        joined.append(part.removeprefix(f"{before}.") if inside else part)
        before = part
    dotted = ".".join(joined)
    yield dotted
    parts = dotted.split(".")
    while len(parts) > 1 and _WRAPPER.fullmatch(parts[0].lower()):
        parts = parts[1:]
        yield ".".join(parts)
    yield path.rpartition("/")[2]


def _without_words(name: str, network: str) -> tuple[str, str]:
    """A name without the words that scripts put around it: `feat_fc6`, `vgg16_fc6`, `fc6_out`."""
    own = {network.lower(), *re.split(r"[-_]", network.lower())}
    kind = ""
    tokens = re.split(r"[-_ ]", name)
    while len(tokens) > 1 and (tokens[0].lower() in own or _is_word(tokens[0].lower())):
        tokens = tokens[1:]
    while len(tokens) > 1:
        last = tokens[-1].lower()
        if _LINEAR.fullmatch(last):
            kind = kind or "linear"
        elif _ACTIVATED.fullmatch(last):
            kind = kind or "activated"
        elif not _WORD.fullmatch(last):
            break
        tokens = tokens[:-1]
    return "_".join(tokens), kind


def _is_word(token: str) -> bool:
    return bool(_WORD.fullmatch(token) or _WRAPPER.fullmatch(token))


def common_prefix(names: list[str]) -> str:
    """The groups or structs that all names are in: `features/` or `net.features.`."""
    parts = [re.findall(r"[^/.]*[/.]", name.strip("/")) for name in names]
    prefix = ""
    for group in zip(*parts, strict=False):
        if len(set(group)) > 1 or len(names) == 1:
            break
        prefix += group[0]
    return prefix
