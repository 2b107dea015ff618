"""A framework's own file is given to the tool that loads such files, and to no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netparity.networks import Network
from netparity.results.folder import RunFolder
from netparity.run.assignment import Graph
from netparity.run.network import network_files
from netparity.runners import Keras3Tensorflow, Runner
from netparity.runners.base import CANONICAL
from netparity.runners.named_networks import named_networks
from netparity.watch import SILENT
from netparity.weights import WeightSet
from netparity.weights.model import resolve_model
from tests.support.standing_framework import ENVIRONMENTS, standing_framework


class Standing(Keras3Tensorflow):
    name = "standing"
    network_format = CANONICAL

    def own_format(self, files):
        return "own" if "own" in files else ""


class Plain(Keras3Tensorflow):
    name = "plain"
    network_format = CANONICAL


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightSet:
    standing_framework(tmp_path, monkeypatch, "mobilenet-tiny")
    named = named_networks("standing:big", None, ENVIRONMENTS)
    return resolve_model(*named, SILENT).weights


def graph(weights: WeightSet, names: str, folder: Path, *runners: Runner) -> Graph:
    layers = weights.model.select(names)
    store = RunFolder.create(folder)
    (store.path / "input").mkdir()
    found, files = network_files(weights, layers, runners, store, SILENT)
    assert found is not None and files == {}
    return found


def test_each_runner_gets_its_own_kind(weights: WeightSet, tmp_path: Path) -> None:
    own, plain = Standing("own"), Plain("plain")
    found = graph(weights, "all", tmp_path / "results", own, plain)
    assert found.format_for(own) == "own" and found.format_for(plain) == CANONICAL
    assert found.weight_files["own"] == weights.own_files["own"]
    assert found.weight_files[CANONICAL] == weights.canonical_file
    assert all(name == node for node, name in found.names["own"].items())


def test_inner_nodes_are_in_what_netparity_writes_alone(weights: WeightSet, tmp_path: Path) -> None:
    first = weights.model.nodes[0].name
    inner = replace(weights, model=_with_inner(weights.model, first))
    found = graph(inner, first, tmp_path / "results", runner := Standing("own"))
    assert found.format_for(runner) == CANONICAL


def _with_inner(network: Network, name: str) -> Network:
    nodes = (replace(node, inner=node.name == name) for node in network.nodes)
    return replace(network, nodes=tuple(nodes))
