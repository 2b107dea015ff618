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
    state = state_dict_in(state, model)
    if state is None:
        raise ValueError(f"'{weights}' holds no state dict; save model.state_dict() alone")
    renaming = getattr(home, "_load_state_dict", None)  # DenseNet's published files need it
    if renaming is not None:
        renaming(model=model, weights=_Loaded(state), progress=False)
    else:
        try:
            model.load_state_dict(state)
        except RuntimeError as error:
            first = " ".join(str(error).split())[:300]
            raise ValueError(f"'{weights}' is not of this network: {first}") from error


def state_dict_in(held: Any, model: Any) -> dict[str, Any] | None:
    """Return the dictionary of tensors in a checkpoint, under the names that the model has.

    Trainers wrap a state dict (`{"state_dict": ..., "epoch": 3}`), and wrappers of a model put a
    word in front of every name (`module.`, `_orig_mod.`). None if there is no such dictionary.
    """
    if not isinstance(held, dict):
        return None
    own = set(model.state_dict())
    inner = [value for value in held.values() if isinstance(value, dict)]
    candidates = [held, *inner]
    for found in candidates:
        prefix = _prefix([str(name) for name in found])
        named = {str(name).removeprefix(prefix): value for name, value in found.items()}
        for state in (found, named):
            if own & set(map(str, state)):
                return state
    return None if inner else held


def _prefix(names: list[str]) -> str:
    """Return the words that all names begin with, up to a dot."""
    words: list[str] = []
    for parts in zip(*(name.split(".")[:-1] for name in names), strict=False):
        if len(set(parts)) > 1:
            break
        words.append(parts[0])
    return "".join(f"{word}." for word in words)


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
