"""What is for training only: losses, accuracies, and what else reads labels."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.networks.reading.caffe.assembly import Assembly
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import plain

SOFTMAX_LOSS = "SoftmaxWithLoss"
_SILENT = "Silence"


class Losses:
    """Which layers are left out of the network that predicts.

    The softmax of the loss that weighs most stays; further losses are those of classifiers that
    helped in training, such as GoogLeNet's.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._softmax = {layer.bottoms[:1] for layer in layers if layer.type == "Softmax"}
        losses = [layer for layer in layers if layer.type == SOFTMAX_LOSS]
        self._kept = max(
            losses, key=lambda layer: (_weight(layer), layers.index(layer)), default=None
        )
        self._read = {name for layer in layers if not layer.is_loss for name in layer.bottoms}

    def leave_out(self, layer: Layer, graph: Assembly) -> bool:
        """Whether a layer is left out, which is noted; its tops then hold nothing."""
        if layer.type == SOFTMAX_LOSS and layer is self._kept:
            if layer.bottoms[:1] not in self._softmax:
                graph.notes.append(
                    f"the loss {layer.name[:80]!r} ({layer.type}) is read as softmax"
                )
                return False
        elif not (layer.is_loss or layer.type == _SILENT or self._reads_labels(layer, graph)):
            return False
        graph.notes.append(
            f"layer {layer.name[:80]!r} ({plain(layer.type)}) is left out: it is for training"
        )
        graph.values |= dict.fromkeys(layer.tops, None)
        return True

    def _reads_labels(self, layer: Layer, graph: Assembly) -> bool:
        """Whether it reads labels alone, or labels to make what no layer of the network reads."""
        labels = [graph.values.get(name, False) is None for name in layer.bottoms]
        return bool(labels) and (
            all(labels) or (any(labels) and not self._read.intersection(layer.tops))
        )


def _weight(layer: Layer) -> float:
    return max(layer.fields.numbers("loss_weight"), default=1.0)
