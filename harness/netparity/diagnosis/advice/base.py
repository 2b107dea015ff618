"""What an entry of advice is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What to change, with placeholders.

    $layer         the tool's name of the layer with the feature, in backquotes
    $name          the same without backquotes, for use inside code
    $linear        the layer that holds the weights (in MatConvNet, separate from its ReLU)
    $detail        the layer whose feature it is, the activation, or the source of the weights
    $rgb, $bgr     the mean in either channel order
    $height, $width, $channels, $units  the kernel's shape of a dense layer
    $epsilon, $slope, $rate  the attribute of the node, or "the network's own value"
    $rest          the part of the key after the family's name, e.g. `bfloat16`
    """

    plain: str
    keras3: str
    matconvnet: str
    keras2: str | None = None
