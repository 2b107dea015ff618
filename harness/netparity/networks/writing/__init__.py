"""Files that netparity writes a network to: a file and a line for each kind."""

from __future__ import annotations

from netparity.networks.writing import dagnn, keras, onnx, simplenn
from netparity.networks.writing.base import Writer

WRITERS: dict[str, Writer] = {
    writer.name: writer
    for writer in (
        keras.WRITER,
        dagnn.EITHER,
        simplenn.WRITER,
        dagnn.WRITER,
        onnx.WRITER,
    )
}
"""By the name that commands use."""

__all__ = ["WRITERS", "Writer"]
