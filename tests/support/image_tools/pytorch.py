"""What PyTorch and torchvision make of an image."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import interpolate

sys.path.append(str(Path(__file__).resolve().parents[3] / "python"))
from torchvision_import import import_torchvision

import_torchvision()
from torchvision.transforms import v2  # noqa: E402

MODES = v2.InterpolationMode


def made(pixels, size):
    """Name to grey levels, height x width x 3.

    Args:
        pixels: height x width x 3 uint8 in RGB.
        size: height and width.
    """
    image = torch.from_numpy(pixels.transpose(2, 0, 1).copy())
    levels = {}
    for kind, x in {"float32": image.float()[None], "uint8": image[None]}.items():
        for mode in ("nearest", "nearest-exact", "area"):
            if not (kind == "uint8" and mode == "area"):
                levels[f"interpolate {mode}, {kind}"] = interpolate(x, size, mode=mode)[0]
        for mode in ("bilinear", "bicubic"):
            for option in ({}, {"antialias": True}, {"align_corners": True}):
                if kind == "uint8" and option.get("align_corners"):
                    continue
                name = f"interpolate {mode}{''.join(f', {key}' for key in option)}, {kind}"
                levels[name] = interpolate(x, size, mode=mode, **option)[0]
    for mode in (MODES.BILINEAR, MODES.BICUBIC):
        for antialias in (True, False):
            name = f"Resize {mode.value}, antialias={antialias}"
            resize = v2.Resize(size, mode, antialias=antialias)
            levels[f"{name}, uint8"] = resize(image)
            levels[f"{name}, float 0…1"] = 255 * resize(image.float() / 255)
    picture = Image.fromarray(pixels)
    levels["Resize of PIL"] = v2.functional.pil_to_tensor(v2.Resize(size)(picture))
    before = round(size[0] * 256 / 224)
    for name, x in {"PIL": picture, "uint8": image}.items():
        large = v2.Resize(before)(x)
        cropped = v2.functional.center_crop(large, list(size))
        levels[f"Resize, CenterCrop of {name}"] = (
            v2.functional.pil_to_tensor(cropped) if name == "PIL" else cropped
        )
    return {
        name: np.asarray(value).transpose(1, 2, 0).astype(np.float32)
        for name, value in levels.items()
    }


def decoded(path):
    """Nothing: its decoders need a build that fits the installed PyTorch."""
    return {}
