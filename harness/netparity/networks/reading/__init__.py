"""Files that state a network: a file and a line for each kind."""

from __future__ import annotations

from netparity.networks.reading import caffe, dagnn, keras, onnx, simplenn
from netparity.networks.reading.base import Reader, ReadNetwork

READERS: tuple[Reader, ...] = (
    simplenn.READER,
    dagnn.READER,
    onnx.READER,
    keras.READER,
    caffe.READER,
)
"""In the order in which they are asked whether they recognise a file."""

__all__ = ["READERS", "ReadNetwork", "Reader"]
