"""Every kind of file that is not read is named in a sentence with what to type."""

from __future__ import annotations

import json
import os
import re
import struct
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from netparity.errors import InputError
from netparity.files import strangers
from netparity.files.limits import WEIGHTS, CutOffError, DamagedError, reading
from netparity.files.source import Source
from netparity.files.strangers import documents, frameworks, tensorflow
from netparity.files.unknown import unknown_file
from netparity.inputs.decode import decode
from tests.support.command_line import here
from tests.support.strangers import FILES, LFS, page, tarred, zipped

MARKED = (*documents.KINDS, *frameworks.KINDS, *tensorflow.KINDS)


def said(path: Path, what: str = "weights") -> str:
    stranger = strangers.recognise(path)
    assert stranger is not None
    return strangers.sentence(path, what, stranger)


def named(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("name", "content", "what", "command"), FILES, ids=[f[0] for f in FILES])
def test_a_file_is_named_and_the_command_given(
    name: str, content: bytes, what: str, command: str, tmp_path: Path
) -> None:
    path = named(tmp_path, name, content)
    message = str(unknown_file(Source(path, WEIGHTS), "weights"))
    assert message.startswith(f"weights {path}: the file ")
    assert what in message and command in message, message
    assert len(message) < 900 and "\n" not in message and "is the file complete" not in message
    for command in (("network", "show"), ("weights", "inspect")):
        done = here(*command, path)
        assert done.exit_code == 2 and what in done.stderr, done.stderr
    assert os.listdir(tmp_path) == [name]


def test_what_no_one_knows_shows_how_it_begins(tmp_path: Path) -> None:
    path = named(tmp_path, "w.xyz", b"\xde\xad\xbe\xef" * 20)
    message = str(unknown_file(Source(path, WEIGHTS), "weights", ".h5, .mat"))
    assert "de ad be ef" in message and "'.xyz'" in message and message.endswith("read: .h5, .mat")


# --- what a file is depends on its content, not on its name alone ----------------------------


def test_files_that_are_read_are_no_strangers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.weights", "w") as file:
        file["engine"] = np.zeros(3)
    np.save(tmp_path / "w.npy", np.zeros(3))
    np.savez(tmp_path / "w.npz", a=np.zeros(3))
    savemat(tmp_path / "w.mat", {"a": np.zeros((2, 2))})
    savemat(tmp_path / "w7.mat", {"a": np.zeros((2, 2))}, do_compression=True)
    marks = b"".join(magic for kind in MARKED for magic in (*kind.magic, *kind.holds)) + b"BM"
    np.savez(tmp_path / "marks.npz", a=np.frombuffer(marks, np.uint8))
    for at in range(16):
        (tmp_path / f"{at}.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(40 + at) + marks)
    for path in tmp_path.iterdir():
        stranger = strangers.recognise(path)
        assert stranger is None or stranger.says.startswith("ends early"), path


@pytest.mark.parametrize("name", ["w.h5", "w.mat", "w.npz", "w.pth", "w.onnx", "w.safetensors"])
def test_a_page_of_html_is_one_whatever_its_name(name: str, tmp_path: Path) -> None:
    path = named(tmp_path, name, page("Sign in"))
    done = here("weights", "inspect", path)
    assert done.exit_code == 2 and "HTML page, 'Sign in'" in done.stderr, done.stderr
    done = here("check", path, "--model", "vgg16-tiny", "--weights", "synthetic:1")
    assert done.exit_code == 2 and f"features {path}: the file is an HTML" in done.stderr


def test_a_path_is_quoted_for_the_shell(tmp_path: Path) -> None:
    path = named(tmp_path, "my $model's.tflite", b"\0\0\0\0TFL3")
    words = said(path)
    assert "--output 'my $model'\"'\"'s.onnx'" in words


def test_marks_of_a_terminal_do_not_pass(tmp_path: Path) -> None:
    assert "\x1b" not in said(named(tmp_path, "a.h5", page("\x1b[31mred")))
    assert "\x1b" not in said(named(tmp_path, "a.zip", zipped("\x1b[31m.h5")))


def test_features_that_are_a_model_say_how_to_save_features(tmp_path: Path) -> None:
    path = named(tmp_path, "v.tflite", b"\0\0\0\0TFL3")
    assert "numpy.save('fc6.npy', values)" in said(path, "features")
    path = named(tmp_path, "i.npy", b"\x89PNG\r\n\x1a\n")
    assert f"check fc6.npy --image {path}" in said(path, "features")


def test_features_that_torch_saved_say_how_to_save_them_for_numpy(tmp_path: Path) -> None:
    model = ["--model", "vgg16-tiny", "--weights", "synthetic:1"]
    legacy = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."
    for content in (zipped("archive/data.pkl", "archive/version"), legacy):
        done = here("check", named(tmp_path, "fc6.pt", content), *model)
        assert done.exit_code == 2 and "was saved by torch.save" in done.stderr
        assert 'numpy.save("features.npy", torch.load(' in done.stderr


def test_readers_of_text_say_themselves_what_is_wrong(tmp_path: Path) -> None:
    path = named(tmp_path, "net.prototxt", b"layer {\n name: 3 }")
    assert said(path).startswith(f"weights {path}: the file is the structure of a Caffe network")
    with pytest.raises(InputError, match="line 2"), reading(path, "Caffe", "network"):
        raise DamagedError("line 2 has no text")
    with (
        pytest.raises(InputError, match="text that begins with"),
        reading(named(tmp_path, "w.h5", b"hello"), "HDF5"),
    ):
        raise DamagedError("no signature")


def test_a_header_of_safetensors_is_no_pickle(tmp_path: Path) -> None:
    content = struct.pack("<Q", 0x0480) + b'{"a":{}}'.ljust(0x480) + b"x"
    assert content.startswith(b"\x80\x04")
    assert strangers.recognise(named(tmp_path, "w.safetensors", content)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [(LFS, "lfs pull"), (page("x"), "HTML"), (b"%!PS", "magick"), (b"\0\0\0\0TFL3", "--model")],
)
def test_an_image_that_is_none(content: bytes, words: str, tmp_path: Path) -> None:
    path = named(tmp_path, "i.jpg", content)
    with pytest.raises(InputError, match="cannot be decoded") as caught:
        decode(path)
    assert words in str(caught.value)


# --- files that end early --------------------------------------------------------------------


def cut(path: Path, size: int | None = None) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: size or len(data) * 2 // 3])
    return path


def hdf5(path: Path, **options: str) -> Path:
    with h5py.File(path, "w", **options) as file:
        file["kernel"] = np.ones((100, 100))
    return path


@pytest.mark.parametrize("options", [{}, {"libver": "latest"}, {"userblock_size": 512}])
def test_hdf5_cut_off(options: dict[str, str], tmp_path: Path) -> None:
    path = hdf5(tmp_path / "w.h5", **options)
    assert strangers.recognise(path) is None
    announced = path.stat().st_size
    cut(path, 40_000)
    words = f"ends early: it has 40 kB of the {announced / 1000:.3g} kB that it announces"
    assert words in said(path)
    assert words in here("weights", "inspect", path).stderr


def test_other_containers_cut_off(tmp_path: Path) -> None:
    savemat(tmp_path / "w.mat", {"layers": np.ones((40, 40))})
    np.savez(tmp_path / "w.npz", a=np.ones(1000))
    text = json.dumps({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}).encode()
    named(tmp_path, "w.safetensors", struct.pack("<Q", len(text)) + text + bytes(36))
    for path in sorted(tmp_path.iterdir()):
        assert strangers.recognise(path) is None
        cut(path)
        assert "ends early" in said(path) and f"curl -fL -C - -o {path.name}" in said(path)


@pytest.mark.parametrize("name", ["w.onnx", "w.caffemodel"])
def test_protocol_buffers_cut_off(name: str, tmp_path: Path) -> None:
    content = bytes([1 << 3, 8, 7 << 3 | 2, 0xA0, 0x8D, 0x06]) + bytes(100_000)
    path = named(tmp_path, name, content)
    assert strangers.recognise(path) is None
    assert "it has 30 kB of at least 100 kB that it announces" in said(cut(path, 30_000))


def test_two_sizes_that_read_alike_are_given_in_bytes(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "w.h5")
    size = path.stat().st_size
    assert f"{size - 1:,} of the {size:,} bytes" in said(cut(path, size - 1))


@pytest.mark.parametrize("content", [b"PK", b"\x89HDF\r\n\x1a\n\0\0", b"MATLAB 5.0 MA"])
def test_a_beginning_alone(content: bytes, tmp_path: Path) -> None:
    path = named(tmp_path, "w.h5", content)
    assert f"ends early: it has only {len(content)} bytes" in said(path)


def test_completeness_is_asked_only_where_it_may_be_the_reason(tmp_path: Path) -> None:
    path = named(tmp_path, "w.bin", b"\xde\xff")

    def message(error: Exception) -> str:
        with pytest.raises(InputError) as caught, reading(path, "a kind"):
            raise error
        return str(caught.value)

    assert message(CutOffError("x")).endswith("x; is the file complete?")
    assert message(EOFError("x")).endswith("; is the file complete?")
    assert message(DamagedError("a layer has another name")).endswith("has another name")
    assert message(KeyError("x")).endswith("KeyError('x')")


# --- files that mean harm --------------------------------------------------------------------


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    for path in (tmp_path / "pipe.h5", Path("/dev/zero"), Path("/dev/stdin"), tmp_path / "none"):
        assert strangers.recognise(path) is None


def test_a_huge_file_is_looked_at_in_little_time(tmp_path: Path) -> None:
    path = named(tmp_path, "w.tar", tarred("w.h5"))
    os.truncate(path, 2**40)
    begun = time.monotonic()
    assert "tar archive" in said(path)
    assert time.monotonic() - begun < 1


HARD = [
    b"<!-- -->" * 8000,
    b"<!--" * 16000,
    b"<html>" + b"<title " * 9000,
    b"<Error>" * 2000,
    b"\n" * 2**16,
    b" " * 2**16 + b"x",
    b"1 " * 2**15,
    b"{" * 2**16,
    b"[" * 100 + b"{" * 10000,
    b"{" + b'"a' * 20000,
    b"\x80\x04" + b"]" * 2**16,
    b"class " * 10000,
    b"a.b." * 10000,
    b"PK\x03\x04" + b"PK\x05\x06" + b"\xff" * 40,
    b"\xfd7zXZ\x00" + b"\xff" * 2**16,
    b"ustar".rjust(262, b"\0") + b"\0" * 250,
]


@pytest.mark.parametrize("content", HARD, ids=range(len(HARD)))
@pytest.mark.parametrize("name", ["w.h5", "w.pb"])
def test_nothing_takes_long(content: bytes, name: str, tmp_path: Path) -> None:
    path = named(tmp_path, name, content)
    begun = time.process_time()
    strangers.recognise(path)
    assert time.process_time() - begun < 1


STARTS = [content for _, content, _, _ in FILES] + [b"\x89HDF\r\n\x1a\n", b"MATLAB 5.0", b"PK"]


@settings(max_examples=300, deadline=2000)
@given(
    start=st.sampled_from(STARTS),
    where=st.lists(st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=8)), max_size=4),
    keep=st.integers(1, 3000),
    end=st.binary(max_size=60),
)
def test_damage_is_a_stranger_or_none(start, where, keep, end, tmp_path_factory) -> None:
    data = bytearray(start)
    for at, piece in where:
        data[at : at + len(piece)] = piece
    path = tmp_path_factory.getbasetemp() / "fuzzed.h5"
    path.write_bytes(bytes(data[:keep]) + end)
    stranger = strangers.recognise(path)
    if stranger is not None:
        assert len(strangers.sentence(path, "weights", stranger)) < 1500
        assert not re.search(r"[\x00-\x1f\x7f]", stranger.says)
