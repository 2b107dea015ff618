"""JPEG files as TensorFlow decodes them: with libjpeg's fast transform.

Pillow, OpenCV and MATLAB use libjpeg's accurate transform, `tf.io.decode_jpeg` the fast one unless
it is asked for the other (`dct_method="INTEGER_ACCURATE"`). They differ by several grey levels. The
files are those that cameras and most tools write: sequential, Huffman coded, 8 bits, grey or YCbCr.
The format is that of ITU-T T.81.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netparity.inputs.jpeg.colours import joined
from netparity.inputs.jpeg.entropy import coefficients
from netparity.inputs.jpeg.plain import decoded_plain
from netparity.inputs.jpeg.segments import parse
from netparity.inputs.jpeg.transform import fast

MOST_BYTES = 3 * 2**20
"""Larger files would take more than a few seconds."""

__all__ = ["MOST_BYTES", "decoded_fast", "decoded_plain"]


def decoded_fast(data: bytes, *, fancy: bool = True) -> npt.NDArray[np.uint8]:
    """The pixels, height x width x 3 in RGB.

    Args:
        data: the file.
        fancy: whether colours between two samples are interpolated (`fancy_upscaling`).

    Raises:
        ValueError: if the file is damaged, too large, or of another kind than those named above.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data):,} bytes; at most {MOST_BYTES:,} are decoded")
    frame = parse(data)
    planes = []
    for component, blocks in zip(frame.components, coefficients(frame), strict=True):
        plane = fast(blocks, frame.quantisation[component.quantisation])
        height, width = frame.size_of(component)
        planes.append(plane[:height, :width])
    return joined(planes, frame.height, frame.width, fancy=fancy)
