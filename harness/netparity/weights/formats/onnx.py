"""ONNX, which states its network and is read as one; here it is written."""

from __future__ import annotations

from netparity.networks.writing import WRITERS
from netparity.weights.contents import Format

FORMATS = (Format("onnx", "ONNX", (".onnx",), None, None, WRITERS["onnx"].write, any_network=True),)
