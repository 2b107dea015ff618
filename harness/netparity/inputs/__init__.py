"""Images in, one tensor out: what every tool is given, and the sample image."""

from pathlib import Path

from netparity.inputs.decode import MAX_IMAGES, DecodedImage, decode
from netparity.inputs.preprocess import shared_tensor

SAMPLE_IMAGE = Path(__file__).with_name("sample.png")
"""A grey 640 x 480 scene made by `draw_sample.py`."""

__all__ = ["MAX_IMAGES", "SAMPLE_IMAGE", "DecodedImage", "decode", "shared_tensor"]
