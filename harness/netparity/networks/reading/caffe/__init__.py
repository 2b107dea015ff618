"""Caffe's networks: `.caffemodel` (layers and weights) and `.prototxt` (layers alone).

Caffe's N x C x H x W becomes N x H x W x C. A node has the name of its layer; the name of a blob
means what the last layer wrote to it. A file that trains a network is read as the network that
predicts: its data layer is the input, a softmax with loss is a softmax, and accuracies are left
out.
"""

from __future__ import annotations

import re
from pathlib import Path

from netparity.files.limits import WEIGHTS, reading
from netparity.files.source import Source
from netparity.networks.node import GraphError
from netparity.networks.reading.base import Reader, ReadNetwork, Unstated
from netparity.networks.reading.caffe.hdf5_weights import hdf5_blobs
from netparity.networks.reading.caffe.message import Message, WrongError
from netparity.networks.reading.caffe.network import Weights, blobs_of, network_of
from netparity.networks.reading.caffe.text import parse
from netparity.networks.reading.caffe.wire import looks_like_wire, read_wire

_WEIGHTS, _STRUCTURE = ".caffemodel", ".prototxt"
_KIND = "Caffe"
_FIRST_FIELD = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*"
    rb"(?:(?:name|input|input_dim|force_backward|debug_info)\s*:|"
    rb"(?:layers?|input_shape|state)\s*:?\s*\{)"
)


def recognises(source: Source) -> bool:
    """Whether it is named as Caffe's files are, or begins as one of them does."""
    if source.path.suffix.lower() in (_WEIGHTS, _STRUCTURE):
        return not source.head.startswith(b"\x89HDF")
    if source.path.suffix.lower() in (".txt", ".pbtxt", ""):
        return _FIRST_FIELD.match(source.head) is not None or looks_like_wire(source.head)
    return False


def read(source: Source, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    """The network of a `.caffemodel` or a `.prototxt`; the latter has no tensors.

    Args:
        input_size: height and width, in place of those that the file states, if any.

    Raises:
        InputError: if the file is damaged, or a layer is not understood; it is named.
    """
    with reading(source.path, _KIND, "network"):
        is_text = _is_text(source)
        found = _named(source.path, _parsed(source, is_text), None, input_size)
    if is_text:
        found = ReadNetwork(
            found.network,
            Unstated(
                f"{source.path} states a network without weights; fix: give them with --weights "
                "FILE.caffemodel, or --weights synthetic:0 for random ones"
            ),
            found.notes,
            with_weights=lambda path: _with_weights(source, path, input_size),
        )
    return found


def _with_weights(
    source: Source, path: Path, input_size: tuple[int, int] | None
) -> ReadNetwork | None:
    """The network of a `.prototxt` with the blobs that another file has for its layers.

    Returns:
        None if the other file is not Caffe's.
    """
    given = Source(path, WEIGHTS)
    with reading(path, _KIND):
        blobs = hdf5_blobs(given)
        if blobs is None and recognises(given) and not _is_text(given):
            blobs = blobs_of(read_wire(path))
    if blobs is None:
        return None
    with reading(source.path, _KIND, "network"):
        return _named(source.path, _parsed(source, is_text=True), (path, blobs), input_size)


def _is_text(source: Source) -> bool:
    if source.path.suffix.lower() == _WEIGHTS:
        return False
    return source.path.suffix.lower() == _STRUCTURE or not looks_like_wire(source.head)


def _parsed(source: Source, is_text: bool) -> Message:
    return parse(source.path) if is_text else read_wire(source.path)


def _named(
    path: Path,
    net: Message,
    weights: Weights | None,
    input_size: tuple[int, int] | None,
) -> ReadNetwork:
    """The network, in whose errors the file is named."""
    try:
        return network_of(path, net, weights, input_size)
    except WrongError as error:
        subject = "" if str(error).startswith("node ") else "it "
        raise GraphError(f"{path}: {subject}{error}") from error
    except GraphError as error:
        raise GraphError(f"{path}: {error}") from error


READER = Reader(
    "caffe",
    "Caffe .caffemodel or .prototxt",
    (_WEIGHTS, _STRUCTURE),
    recognises,
    read,
    tool="Caffe",
    brought="layers and weights of any release, or a `.prototxt` with `--weights net.caffemodel`",
)

__all__ = ["READER", "read"]
