"""The models that netparity knows, each declared as a layer map."""

from netparity.errors import UsageError
from netparity.models.cost import Cost, costs
from netparity.models.layers import Layer, Model, UnknownLayerError
from netparity.models.vgg import ALL, VGG16, VGG16_TINY, VGG19, VGG19_TINY

MODELS: dict[str, Model] = {model.name: model for model in ALL}


def model_called(name: str) -> Model:
    """The model with this name.

    Raises:
        UsageError: if there is no such model; the message lists the known models.
    """
    if name not in MODELS:
        raise UsageError(f"unknown model {name[:80]!r}; known models: {', '.join(MODELS)}")
    return MODELS[name]


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
    "model_called",
]
