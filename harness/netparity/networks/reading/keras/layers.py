"""Every class of layer that is read, and the function that translates a call of it."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.reading.keras.activations import ACTIVATION_LAYERS
from netparity.networks.reading.keras.augmenting import AUGMENTING_LAYERS
from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.convolutions import CONVOLUTION_LAYERS
from netparity.networks.reading.keras.merging import MERGING_LAYERS
from netparity.networks.reading.keras.normalising import NORMALISING_LAYERS
from netparity.networks.reading.keras.picking import item
from netparity.networks.reading.keras.pools import POOL_LAYERS
from netparity.networks.reading.keras.shapes import SHAPE_LAYERS
from netparity.networks.reading.keras.tensorflow import tensorflow

LAYERS: dict[str, Callable[[Call], Value]] = {
    **CONVOLUTION_LAYERS,
    **POOL_LAYERS,
    **NORMALISING_LAYERS,
    **ACTIVATION_LAYERS,
    **MERGING_LAYERS,
    **SHAPE_LAYERS,
    **AUGMENTING_LAYERS,
    "TFOpLambda": tensorflow,
    "SlicingOpLambda": item,
}
