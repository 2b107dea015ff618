"""From images to the shared tensor, and analysis of the tensors that tools make themselves."""

from pathlib import Path

from netparity.inputs.decode import MAX_IMAGES, DecodedImage, decode
from netparity.inputs.difference import difference_png
from netparity.inputs.preparing import prepare
from netparity.inputs.recipes import Recipes
from netparity.inputs.stages import find_resize, split
from netparity.inputs.story import InputStory
from netparity.inputs.tensor import check_tensor

SAMPLE_IMAGE = Path(__file__).with_name("sample.png")
"""A grey 640 x 480 scene drawn by `draw_sample.py`."""

__all__ = [
    "MAX_IMAGES",
    "SAMPLE_IMAGE",
    "DecodedImage",
    "InputStory",
    "Recipes",
    "check_tensor",
    "decode",
    "difference_png",
    "find_resize",
    "prepare",
    "split",
]
