"""A network is opened by its name or as the file that states it; nothing else is taken for one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.files.source import Source
from netparity.networks import NETWORKS, GraphError, checked, opening
from netparity.networks.opening import open_network, read_network, stated_network
from netparity.networks.reading import Reader, ReadNetwork
from tests.support.graph_jobs import Sketch


def toy(source: Source, input_size: tuple[int, int] | None) -> ReadNetwork:
    """A convolution of an image whose size the file states, or leaves open."""
    words = source.path.read_text().split()
    sizes = [int(word) for word in words[1:]] or input_size
    if not sizes:
        raise InputError(f"network {source.path}: give --input-size H,W")
    sketch = Sketch((*sizes, 3))
    sketch.add("conv", "conv", tensors={"kernel": np.ones((3, 3, 3, 2), np.float32)})
    return ReadNetwork(replace(sketch.network(), origin="toy"), sketch.tensors)


def broken(source: Source) -> bool:
    raise KeyError("a library's own error")


READERS = (
    Reader("broken", "broken files", (".broken",), broken, toy),
    Reader("toy", "toy files", (".toy",), lambda s: s.head.startswith(b"toy"), toy),
)


@pytest.fixture(autouse=True)
def toy_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "READERS", READERS)


def test_a_name_of_the_catalogue() -> None:
    read = open_network("vgg16-tiny")
    assert read.network is NETWORKS["vgg16-tiny"]
    assert not read.tensors


def test_a_name_is_taken_in_any_case_unless_there_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_network("VGG-16-tiny").network is NETWORKS["vgg16-tiny"]
    (tmp_path / "VGG-16-tiny").write_text("toy 8 9")
    assert open_network("VGG-16-tiny").network.origin == "toy"


def test_a_network_of_the_catalogue_at_another_size() -> None:
    network = open_network("vgg16-tiny-notop", (96, 64)).network
    assert network.inputs[0].shape == (96, 64, 3)
    assert checked(network).shapes["pool5"] == (3, 2, 32)


def test_a_size_that_does_not_fit_names_the_layer() -> None:
    with pytest.raises(GraphError, match="fc6"):
        open_network("vgg16-tiny", (96, 96))


def test_a_file_that_states_a_network(tmp_path: Path) -> None:
    path = tmp_path / "net.toy"
    path.write_text("toy 8 9")
    read = open_network(str(path))
    assert read.network.shapes["conv"] == (6, 7, 2)
    assert read.network.origin == "toy"


def test_a_file_that_leaves_its_size_open(tmp_path: Path) -> None:
    path = tmp_path / "net.toy"
    path.write_text("toy")
    with pytest.raises(InputError, match="--input-size"):
        open_network(str(path))
    assert open_network(str(path), (5, 6)).network.shapes["conv"] == (3, 4, 2)


def test_a_stated_size_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "net.toy"
    path.write_text("toy 8 9")
    assert open_network(str(path), (5, 6)).network.inputs[0].shape == (5, 6, 3)


def test_what_is_neither_says_what_was_tried() -> None:
    with pytest.raises(UsageError, match=r"'vgg99' is neither a file nor in .*vgg16, "):
        open_network("vgg99")


def test_a_file_of_another_kind_says_what_was_tried(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"\0\1\2")
    assert stated_network(path) is None
    with pytest.raises(InputError, match=r"tried: broken files, toy files"):
        read_network(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_network(tmp_path)
    (tmp_path / "empty.toy").touch()
    with pytest.raises(InputError, match="is empty"):
        read_network(tmp_path / "empty.toy")
    with pytest.raises(InputError, match="does not exist"):
        read_network(tmp_path / "missing.toy")
    os.mkfifo(tmp_path / "pipe.toy")
    with pytest.raises(InputError, match="not a regular file"):
        read_network(tmp_path / "pipe.toy")
