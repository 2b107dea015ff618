"""What is wrong with a request is said in a few lines, before any runner starts.

One of each kind is made as a user makes it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.weights import resolve
from tests.faults.table import Fault, Strike

TINY = "compare --model vgg16-tiny"
MOST_LINES = 4


def png_that_declares(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def half(format_: str) -> Callable[[], bytes]:
    """The first half of a weight file."""

    def read() -> bytes:
        data = resolve("synthetic:0", VGG16_TINY).file(format_).read_bytes()
        return data[: len(data) // 2]

    return read


def whole_h5() -> bytes:
    return resolve("synthetic:0", VGG16_TINY).file("keras-h5").read_bytes()


IMAGES = {
    "empty.png": lambda: b"",
    "truncated.png": lambda: SAMPLE_IMAGE.read_bytes()[:40_000],
    "huge.png": lambda: png_that_declares(100_000, 100_000),
    "text.png": lambda: b"this is not an image",
    "missing.png": lambda: None,
}
WEIGHTS = {
    "truncated.h5": half("keras-h5"),
    "truncated.mat": half("matconvnet-simplenn"),
    "text.h5": lambda: b"not HDF5",
    "text.mat": lambda: b"not MAT",
    "unknown.pkl": lambda: b"\x80\x04.",
    "empty.h5": lambda: b"",
    "missing.h5": lambda: None,
}
USAGE = [
    (["--runner", "keras9"], "keras3-tensorflow"),
    (["--runner", "keras2-theano[colour=blue]"], "data_format"),
    (["--runner", "keras2-theano[data_format=sideways]"], "channels_first"),
    (["--runner", "keras2-theano", "--runner", "keras2-theano"], "label="),
    (["--model", "lenet"], "vgg16-tiny"),
    (["--layers", "fc9"], "fc6"),
    (["--weights", "synthetic:x"], "synthetic:0"),
    (["--reference", "nobody"], "keras3-tensorflow"),
    (["--python", "nobody=/bin/python"], "RUNNER=/path/to/python"),
    (["--rounds", "0"], "rounds"),
]


def file(name: str, contents: Callable[[], bytes | None]) -> Callable[[Path], list[str]]:
    """A maker of a file, whose name becomes the command's argument."""

    def make(folder: Path) -> list[str]:
        data = contents()
        if data is not None:
            (folder / name).write_bytes(data)
        return [name]

    return make


def good_and_bad(folder: Path) -> list[str]:
    Image.new("L", (8, 8)).save(folder / "good.png")
    return ["good.png", *file("text.png", IMAGES["text.png"])(folder)]


FAULTS = [
    *(
        Fault(name, file(name, contents), f"{TINY} {{}}", says=[name], most_lines=MOST_LINES)
        for name, contents in IMAGES.items()
    ),
    *(
        Fault(
            name, file(name, contents), f"{TINY} --weights {{}}", says=[name], most_lines=MOST_LINES
        )
        for name, contents in WEIGHTS.items()
    ),
    Fault(
        "weights of another model",
        file("wrong-model.h5", whole_h5),
        "compare --model vgg16 --weights {}",
        says=["wrong-model.h5", "--model vgg16-tiny"],
        most_lines=MOST_LINES,
    ),
    Fault("one bad image among good ones", good_and_bad, f"{TINY} {{}} {{}}", says=["text.png"]),
    Fault(
        "a file in the way of the results",
        lambda folder: (folder / "file").write_text("in the way") and None,
        f"{TINY} --runner onnxruntime --out file/results",
        says=["--out"],
    ),
    *(
        Fault(
            " ".join(words),
            lambda folder, words=words: words,
            "compare --model vgg16-tiny" if "--model" not in words else "compare",
            says=[expected.replace("[", "\\[")],
        )
        for words, expected in USAGE
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_bad_request_is_refused(fault: Fault, strike: Strike):
    strike(fault)
