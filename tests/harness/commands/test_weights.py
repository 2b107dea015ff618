"""`netparity weights`: the network that --model names, and the file that --map names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from netparity.networks import NETWORKS
from netparity.networks.reading import ReadNetwork
from netparity.networks.writing import WRITERS
from netparity.runners import named_networks
from netparity.weights import resolve
from netparity.weights.formats import BY_NAME
from tests.support.command_line import here

TINY = NETWORKS["vgg16-tiny"]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Arrays of vgg16-tiny by their own names, in a file that states no network."""
    path, write = tmp_path / "w.npz", BY_NAME["npz"].write
    assert write is not None
    write(path, TINY, resolve("synthetic:0", TINY).tensors())
    return path


def inspected(weights: Path, *arguments: str | Path) -> dict:
    done = here("weights", "inspect", "--json", weights, *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_model_is_a_file_that_states_the_network(weights: Path, tmp_path: Path) -> None:
    tensors = resolve("synthetic:0", TINY).tensors()
    WRITERS["onnx"].write(tmp_path / "mine.onnx", replace(TINY, name="mine"), tensors)
    assert inspected(weights, "--model", tmp_path / "mine.onnx")["model"] == "mine"


def test_model_is_a_network_of_a_framework(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def open_named(name: str, *rest: object) -> ReadNetwork:
        asked.append(name)
        return ReadNetwork(TINY, {})

    monkeypatch.setattr(named_networks, "open_named", open_named)
    assert inspected(weights, "--model", "torchvision:tiny")["model"] == "vgg16-tiny"
    assert asked == ["torchvision:tiny"]


def test_a_model_that_is_nothing_of_these_is_refused(weights: Path) -> None:
    done = here("weights", "inspect", weights, "--model", "vgg61")
    assert done.exit_code == 2
    assert "unknown model 'vgg61'; did you mean" in done.stderr


def test_a_map_needs_a_model(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text("{}")
    done = here("weights", "inspect", weights, "--map", tmp_path / "map.json")
    assert done.exit_code == 2
    assert "is given; name it with --model" in " ".join(done.stderr.split())
