"""Which node is what PyTorch's module of a name returns, in networks that torchvision has too.

torchvision numbers the modules of a VGG network in two sequences, `features` and `classifier`; its
ResNets have a module for each stage (`layer1`), in it one for each block (`layer1.0`), and in that
the block's convolutions and normalisations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from netparity.networks import Network, Node

_IN_FEATURES = frozenset({"conv", "batch_norm", "relu", "max_pool"})
_IN_CLASSIFIER = frozenset({"dense", "relu", "softmax"})
_BLOCK = re.compile(r"res(\d)(\w+?)_branch(1|2[abc])")
_STEM = {
    "conv1": "conv1",
    "bn1": "bn_conv1",
    "relu": "conv1_relu",
    "maxpool": "pool1",
    "avgpool": "pool5",
}
_IN_BLOCK = {
    "1": ("downsample.0", "downsample.1"),
    "2a": ("conv1", "bn1"),
    "2b": ("conv2", "bn2"),
    "2c": ("conv3", "bn3"),
}


def modules_of(network: Network) -> Mapping[str, str]:
    """Name of a module to the node that computes what it returns; empty for other networks."""
    if _is_sequence(network):
        return dict(_of_sequences(network))
    return dict(_of_blocks(network))


def _is_sequence(network: Network) -> bool:
    """Whether each node reads the one before, and all are of the operations of VGG."""
    before = [entry.name for entry in network.inputs]
    first_dense = False
    for node in network.nodes:
        first_dense = first_dense or node.op == "dense"
        known = _IN_CLASSIFIER if first_dense else _IN_FEATURES
        if list(node.inputs) != before or node.op not in known:
            return False
        before = [node.name]
    return True


def _of_sequences(network: Network) -> Iterator[tuple[str, str]]:
    """`features.0`, `features.1`, ...; in `classifier` a dropout follows every ReLU."""
    kinds = [node.op for node in network.nodes]
    end = kinds.index("dense") if "dense" in kinds else len(kinds)
    for place, node in enumerate(network.nodes[:end]):
        yield f"features.{place}", node.name
    place = 0
    for node in network.nodes[end:]:
        if node.op == "softmax":
            continue  # torchvision's networks return what comes before it
        yield f"classifier.{place}", node.name
        place += 1
        if node.op == "relu":
            yield f"classifier.{place}", node.name
            place += 1


def _of_blocks(network: Network) -> Iterator[tuple[str, str]]:
    """The names in a ResNet whose nodes are called as its authors call them."""
    by_name = network.by_name
    if not {"conv1", "bn_conv1", "res2a_branch2a"} <= by_name.keys():
        return
    yield from ((module, name) for module, name in _STEM.items() if name in by_name)
    yield from (("fc", node.name) for node in network.nodes if node.op == "dense")
    blocks: dict[str, list[str]] = {}
    for node in network.nodes:
        found = _BLOCK.fullmatch(node.name)
        if found is None:
            continue
        stage, label, branch = found.groups()
        labels = blocks.setdefault(stage, [])
        if label not in labels:
            labels.append(label)
        module = f"layer{int(stage) - 1}.{labels.index(label)}"
        convolution, normalisation = _IN_BLOCK[branch]
        yield f"{module}.{convolution}", node.name
        yield f"{module}.{normalisation}", f"bn{node.name.removeprefix('res')}"
        if branch == "2c":
            # A block calls its one ReLU three times; a hook keeps what the last call returned.
            end = f"res{stage}{label}_relu"
            yield from ((name, end) for name in (module, f"{module}.relu"))
            yield f"layer{int(stage) - 1}", end


def changed_in_place(network: Network, node: Node) -> Node | None:
    """The ReLU that overwrites what this node returns where it works in place; None if none does.

    A hook that does not copy (`.clone()`) then shows the values after the ReLU.
    """
    readers = network.readers[node.name]
    return readers[0] if len(readers) == 1 and readers[0].op == "relu" else None
