"""What is wrong with a request is said in one sentence, before any runner starts.

One of each kind is made as a user makes it.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.weights import resolve
from tests.support.command_line import Compare


def png_that_declares(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def bad_images(folder: Path) -> dict[str, Path]:
    contents = {
        "empty.png": b"",
        "truncated.png": SAMPLE_IMAGE.read_bytes()[:40_000],
        "huge.png": png_that_declares(100_000, 100_000),
        "text.png": b"this is not an image",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in [*contents, "missing.png"]}


def bad_weights(folder: Path) -> dict[str, Path]:
    good = resolve("synthetic:0", VGG16_TINY)
    h5, mat = (good.file(name).read_bytes() for name in ("keras-h5", "matconvnet-simplenn"))
    contents = {
        "truncated.h5": h5[: len(h5) // 2],
        "truncated.mat": mat[: len(mat) // 2],
        "wrong-model.h5": h5,
        "text.h5": b"not HDF5",
        "text.mat": b"not MAT",
        "unknown.pkl": b"\x80\x04.",
        "empty.h5": b"",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in [*contents, "missing.h5"]}


def assert_refused(done, name: str) -> None:
    assert done.exit_code == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 4
    assert not list(done.results.glob("*/runners"))


@pytest.mark.parametrize(
    "name", ["empty.png", "truncated.png", "huge.png", "text.png", "missing.png"]
)
def test_a_bad_image_is_refused(compare: Compare, tmp_path: Path, name: str):
    done = compare("--model", "vgg16-tiny", bad_images(tmp_path)[name])
    assert_refused(done, name)


@pytest.mark.parametrize(
    "name",
    [
        "truncated.h5",
        "truncated.mat",
        "wrong-model.h5",
        "text.h5",
        "text.mat",
        "unknown.pkl",
        "empty.h5",
        "missing.h5",
    ],
)
def test_bad_weights_are_refused(compare: Compare, tmp_path: Path, name: str):
    model = "vgg16" if name == "wrong-model.h5" else "vgg16-tiny"
    weights = bad_weights(tmp_path)[name]
    done = compare("--model", model, "--weights", weights)
    assert_refused(done, name)
    if name == "wrong-model.h5":
        assert "--model vgg16-tiny" in done.stderr


def test_bad_weights_are_refused_by_the_command(compare_process: Compare, tmp_path: Path):
    weights = bad_weights(tmp_path)["truncated.h5"]
    done = compare_process("--model", "vgg16-tiny", "--weights", weights)
    assert_refused(done, "truncated.h5")


def test_one_bad_image_among_good_ones_is_named(compare_process: Compare, tmp_path: Path):
    Image.new("L", (8, 8)).save(tmp_path / "good.png")
    bad = bad_images(tmp_path)["text.png"]
    done = compare_process("--model", "vgg16-tiny", tmp_path / "good.png", bad)
    assert_refused(done, "text.png")


def test_a_results_folder_that_cannot_be_written_is_told(compare: Compare, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    done = compare("--model", "vgg16-tiny", results=tmp_path / "file" / "results")
    assert done.exit_code == 2
    assert "--out" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
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
    ],
)
def test_a_usage_error_says_what_is_accepted(compare: Compare, arguments: list[str], words: str):
    done = compare(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
