"""The models that netparity knows: one declarative layer map each."""

from netparity.models.cost import Cost, costs
from netparity.models.layers import Layer, Model, UnknownLayerError
from netparity.models.vgg import VGG16, VGG16_TINY

MODELS: dict[str, Model] = {model.name: model for model in (VGG16, VGG16_TINY)}

__all__ = ["MODELS", "Cost", "Layer", "Model", "UnknownLayerError", "costs"]
