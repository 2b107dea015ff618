"""The classifiers of torchvision by name, their weights, and what is done to an image for each."""

from __future__ import annotations

import sys
from typing import Any

import torch  # type: ignore[import-not-found]

PREFIX = "torchvision:"
"""Of the names of networks that torchvision made, in network.json and in jobs."""


def classifiers(torchvision: Any) -> list[str]:
    """Return the names of all classifiers; those of detection and the like are in other modules."""
    names: list[str] = torchvision.models.list_models(module=torchvision.models)
    return names


def build(torchvision: Any, name: str, weights: str | None = None) -> Any:
    """Return a classifier for prediction, with the weights of a .pth file or random ones.

    Inception and GoogLeNet normalise their input once more, as they do with torchvision's published
    weights, and without as well here.

    Raises ValueError for a file that is not a state dict of this network.
    """
    builder = torchvision.models.get_model_builder(name)
    model = builder(weights=None)
    if hasattr(model, "transform_input"):
        model.transform_input = True
    if weights is not None:
        _load(model, sys.modules[builder.__module__], weights)
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # so that every layer's output stays as it was
    return model.eval()


def _load(model: Any, home: Any, weights: str) -> None:
    """Load a state dict, with the names that older versions of torchvision gave if need be."""
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
    except Exception as error:  # PyTorch raises many types
        raise ValueError(f"'{weights}' cannot be read as a state dict: {error}") from error
    if not isinstance(state, dict):
        raise ValueError(f"'{weights}' holds a {type(state).__name__}, expected a state dict")
    renaming = getattr(home, "_load_state_dict", None)  # DenseNet's published files need it
    if renaming is not None:
        renaming(model=model, weights=_Loaded(state), progress=False)
    else:
        model.load_state_dict(state)


class _Loaded:
    """Weights as torchvision's own functions take them."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    def get_state_dict(self, progress: bool, check_hash: bool) -> dict[str, Any]:
        """Return the state dict."""
        return self.state


def preprocessing_of(
    torchvision: Any, name: str, input_size: list[int] | None
) -> tuple[list[int], dict[str, Any]]:
    """Return height and width of the input, and what torchvision's transforms do to an image.

    They are those of the network's default weights: the shorter side is resized, with antialiasing,
    the middle cropped, and each channel normalised. At another input size the image is resized in
    proportion.

    Raises ValueError for transforms that no network can state.
    """
    transforms = torchvision.models.get_model_weights(name).DEFAULT.transforms()
    if len(transforms.resize_size) != 1 or len(transforms.crop_size) != 1:
        raise ValueError(f"the transforms of {name} resize to {transforms.resize_size}")
    [resize], [crop] = transforms.resize_size, transforms.crop_size
    size = input_size or [crop, crop]
    return size, {
        "order": "RGB",
        "scale": 1 / 255,
        "mean": list(transforms.mean),
        "deviation": list(transforms.std),
        "resize": [round(side * resize / crop) for side in size],
        "keep_aspect": True,
        "filter": transforms.interpolation.value,
    }
