"""The models that netparity knows: one declarative layer map each."""

from netparity.models.cost import Cost, costs
from netparity.models.layers import Layer, Model, UnknownLayerError
from netparity.models.vgg import ALL, VGG16, VGG16_TINY, VGG19, VGG19_TINY

MODELS: dict[str, Model] = {model.name: model for model in ALL}

__all__ = [
    "MODELS",
    "VGG16",
    "VGG16_TINY",
    "VGG19",
    "VGG19_TINY",
    "Cost",
    "Layer",
    "Model",
    "UnknownLayerError",
    "costs",
]
