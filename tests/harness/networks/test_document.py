"""A network as JSON comes back as it was, and nothing else comes in."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netparity.networks import GraphError, Input, Network, Node, Preprocessing, checked
from netparity.networks.document import from_document, to_document
from netparity.networks.ops import OPS
from tests.support.op_cases import cases

PREPROCESSING = Preprocessing(
    order="BGR",
    mean=(103.939, 116.779, 123.68),
    deviation=(1.0, 2.0, 3.0),
    scale=0.5,
    resize=(10, 9),
    keep_aspect=True,
    filter="bilinear",
)
NETWORK = checked(
    Network(
        "small",
        (Input("image", (8, 8, 3), PREPROCESSING), Input("other", (6, 6, 4))),
        (
            Node("conv_linear", "conv", ("image",), {}, {"kernel": "conv.kernel"}, True),
            Node("conv", "relu", ("conv_linear",), names={"keras": "block1_conv1"}),
            Node("sum", "add", ("conv", "other")),
            Node("pad", "pad", ("sum",), {"pads": ((1, 2), (0, 0), (0, 0))}),
            Node("clip", "clipped_relu", ("pad",), {"maximum": None}),
        ),
        {"conv.kernel": (3, 3, 3, 4)},
        {"first": "conv"},
        ("sum",),
        "onnx",
    )
)
DOCUMENT = json.loads(json.dumps(to_document(NETWORK)))


def refused(document: object) -> str:
    with pytest.raises(GraphError) as caught:
        from_document(document)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


def test_a_network_comes_back_as_it_was() -> None:
    found = from_document(DOCUMENT)
    assert json.loads(json.dumps(to_document(found))) == DOCUMENT
    assert found.shapes == NETWORK.shapes
    assert found.inputs == NETWORK.inputs
    assert (found.aliases, found.default_features) == (NETWORK.aliases, NETWORK.default_features)
    assert found.nodes[-1].attributes == {"minimum": 0.0, "maximum": None}


@pytest.mark.parametrize("op", sorted(OPS))
def test_a_node_of_every_operation_comes_back(op: str) -> None:
    for case in cases(op, 10):
        document = json.loads(json.dumps(to_document(case.network)))
        found = from_document(document)
        assert found.shapes == case.network.shapes
        [node] = found.nodes
        assert all(node.attributes[name] == case[name] for name in OPS[op].defaults)


def changed(*place: str | int, to: Any) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    target: Any = document
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = to
    return document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the document is list, expected a mapping of at most 100000 entries"),
        (None, "the document is None, expected a mapping of at most 100000 entries"),
        (changed("schema_version", to=2), "schema_version is 2, expected 1"),
        (changed("schema_version", to=True), "schema_version is True, expected 1"),
        ({"schema_version": 1, "nodes": []}, "network.json lacks the field 'name'"),
        (changed("name", to=7), "name is 7, expected text"),
        (changed("nodes", to={}), "nodes is dict, expected a list of at most 100000 entries"),
        (changed("nodes", 1, "name", to=None), "nodes[1].name is None, expected text"),
        (changed("nodes", 1, "inner", to=1), "nodes[1].inner is 1, expected true or false"),
        (
            changed("tensors", "conv.kernel", 0, to=3.5),
            "tensors.'conv.kernel'[0] is 3.5, expected a whole number",
        ),
        (
            changed("inputs", 0, "shape", 0, to=True),
            "inputs[0].shape[0] is True, expected a whole number",
        ),
        (
            changed("inputs", 0, "preprocessing", "order", to="HSV"),
            "inputs[0].preprocessing.order is 'HSV', expected one of RGB, BGR, grey",
        ),
        (
            changed("inputs", 0, "preprocessing", "deviation", 2, to=0),
            "inputs[0].preprocessing.deviation[2] is 0, expected a number other than 0",
        ),
        (
            changed("inputs", 0, "preprocessing", "mean", 2, to=float("nan")),
            "inputs[0].preprocessing.mean[2] is nan, expected a finite number",
        ),
        (
            changed("inputs", 0, "preprocessing", "mean", 2, to=10**400),
            "expected a finite number",
        ),
        (
            changed("inputs", 0, "preprocessing", "resize", to=[1, 0]),
            "inputs[0].preprocessing.resize is list, expected a height and a width",
        ),
        (
            changed("inputs", 0, "preprocessing", "gamma", to=1),
            "inputs[0].preprocessing has a field 'gamma' that is unknown",
        ),
        (
            changed("nodes", 3, "attributes", "pads", to=[[[[[[[[[[1]]]]]]]]]]),
            "nodes[3].attributes.'pads' is list, expected lists nested at most 8 deep",
        ),
        (
            changed("nodes", 3, "attributes", "pads", to={"a": 1}),
            "node 'pad' (pad) has pads {'a': 1}, expected (before, after) for each axis",
        ),
        (changed("nodes", 1, "inputs", 0, to="gone"), "reads 'gone', which is missing"),
    ],
    ids=str,
)
def test_what_is_not_a_network_is_refused(document: object, message: str) -> None:
    assert message in refused(document)


def test_100_000_nodes_are_refused_at_once() -> None:
    document = changed("nodes", to=[{} for _ in range(100_000)])
    start = time.process_time()
    assert "the graph has 100000 nodes; the limit is 20000" in refused(document)
    assert time.process_time() - start < 2


def test_a_tensor_of_a_million_million_values_is_refused_at_once() -> None:
    document = changed("tensors", "conv.kernel", to=[2**20, 2**20, 1, 1])
    assert f"is {2**40} values; the limit is {2**31}" in refused(document)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.integers()
    | st.sampled_from([2**31, 2**63, 10**400, -(10**400)])
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["image", "conv", "constant", "bilinear", "RGB"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def places(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document that can be changed."""
    found = [before] if before else []
    if isinstance(value, dict):
        steps: Any = value.items()
    else:
        steps = enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        found += places(inner, (*before, step))
    return found


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_only_a_graph_error_comes_out_of_any_json(document: Any) -> None:
    with pytest.raises(GraphError):
        from_document(document)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_only_a_graph_error_comes_out_of_a_changed_network(data: st.DataObject) -> None:
    """One or two fields of a network, with a node of any operation, hold something else."""
    [case] = cases(data.draw(st.sampled_from(sorted(OPS))), 1)
    base = data.draw(st.sampled_from([NETWORK, case.network]))
    document = json.loads(json.dumps(to_document(base)))
    for _ in range(data.draw(st.integers(1, 2))):
        possible = places(document)
        place = data.draw(st.sampled_from(possible))
        target = document
        for step in place[:-1]:
            target = target[step]
        if data.draw(st.booleans()):
            target[place[-1]] = data.draw(JSON)
        elif isinstance(target, dict):
            del target[place[-1]]
    start = time.process_time()
    try:
        network = from_document(document)
    except GraphError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 1000
    else:
        assert json.dumps(to_document(network))
    assert time.process_time() - start < 2
