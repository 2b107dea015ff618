"""The models that netparity knows: one declarative layer map each."""

from netparity.models.cost import Cost, costs
from netparity.models.layers import Layer, Model, UnknownLayerError
from netparity.models.vgg import ALL

MODELS: dict[str, Model] = {model.name: model for model in ALL}

__all__ = ["MODELS", "Cost", "Layer", "Model", "UnknownLayerError", "costs"]
