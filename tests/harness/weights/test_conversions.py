"""Every format preserves the numbers, and differences between files are explained."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import vgg
from netparity.weights import canonical, changes, converting, open_weights, sameness
from netparity.weights.formats import BY_NAME
from tests.support.cases import random_tensors
from tests.support.unexamined import unexamined

# Square layers where shapes do not give a mistake away: conv1_2 and fc4 make as many as they take.
SQUARE = vgg("square", ((4, 4), (5,)), (6, 6), 3, (16, 16))
WRITTEN = [format_ for format_ in BY_NAME.values() if format_.write is not None]
NAMES = [format_.name for format_ in WRITTEN]
# A change, and its counterpart in the other direction.
INVERSE = {
    "reverse-channels": "reverse-channels",
    "rotate": "rotate",
    "swap-rows-columns": "swap-rows-columns",
    "to-oihw": "from-oihw",
    "to-chw": "from-chw",
    "to-columns": "from-columns",
    "to-transposed": "from-transposed",
    "from-oihw": "to-oihw",
    "from-chw": "to-chw",
    "from-columns": "to-columns",
    "from-transposed": "to-transposed",
    "to-half": "half-of",
    "to-bfloat16": "bfloat16-of",
}
# Which cannot be met in one kernel at the same time.
EXCLUSIVE = [
    {"to-chw", "to-columns", "from-chw", "from-columns"},
    {"to-half", "to-bfloat16"},
]


def spoiled(tensors, names: set[str], model=SQUARE):
    changed = converting.changed(tensors, model, sorted(names))
    return {name: changed[name] for name in model.parameter_shapes}


def go_together(names: set[str]) -> bool:
    if any(len(names & group) > 1 for group in EXCLUSIVE):
        return False
    orders = {name for name in names if name.startswith(("to-", "from-"))} - {
        "to-half",
        "to-bfloat16",
    }
    # One file is wrong, not both: all orders of axes are the same one's.
    return len({name.partition("-")[0] for name in orders}) <= 1


# --- every format ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "model"),
    [("npz", name) for name in ("vgg16-tiny", "vgg19-tiny", "vgg16-tiny-notop", "vgg19-tiny-notop")]
    + [pytest.param(name, "vgg16-tiny", marks=pytest.mark.slow) for name in NAMES if name != "npz"],
)
@unexamined()
def test_every_pair_of_formats_keeps_the_numbers(tmp_path: Path, first: str, model: str) -> None:
    network = NETWORKS[model]
    tensors = random_tensors(network, seed=len(first))
    expected = canonical.content_hash(tensors, network)
    one = BY_NAME[first]
    begin = tmp_path / f"first{one.suffixes[0]}"
    assert converting.convert(tensors, network, begin, one) == expected
    for other in WRITTEN:
        opened = open_weights(begin)
        assert opened.model is network
        end = tmp_path / f"second-{other.name}{other.suffixes[0]}"
        assert converting.convert(opened.tensors, network, end, other) == expected
        again = open_weights(end)
        assert again.model is network
        assert canonical.content_hash(again.tensors, network) == expected


@unexamined()
def test_a_path_through_all_formats_ends_where_it_began(tmp_path: Path) -> None:
    tensors = random_tensors(SQUARE, 3)
    order = np.random.default_rng(0).permutation(len(WRITTEN) * 3) % len(WRITTEN)
    at = tensors
    for step, index in enumerate(order):
        format_ = WRITTEN[index]
        path = tmp_path / f"{step}{format_.suffixes[0]}"
        converting.convert(at, SQUARE, path, format_)
        at = open_weights(path, SQUARE).tensors
    assert canonical.content_hash(at, SQUARE) == canonical.content_hash(tensors, SQUARE)


def test_converting_replaces_nothing_unasked(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_text("mine")
    tensors = random_tensors(SQUARE)
    with pytest.raises(InputError, match="--force"):
        converting.convert(tensors, SQUARE, path, BY_NAME["npz"])
    assert path.read_text() == "mine"
    converting.convert(tensors, SQUARE, path, BY_NAME["npz"], force=True)
    assert open_weights(path, SQUARE).model is SQUARE


def test_a_failed_conversion_leaves_nothing(tmp_path: Path) -> None:
    tensors = random_tensors(SQUARE)
    source = tmp_path / "w.npz"
    tensors["fc5.bias"][0] = np.inf
    BY_NAME["npz"].write(source, SQUARE, tensors)
    for format_ in WRITTEN:
        out = tmp_path / "out" / f"w{format_.suffixes[0]}"
        out.parent.mkdir(exist_ok=True)
        with pytest.raises(InputError, match=r"fc5\.bias holds NaN or infinite"):
            converting.convert(open_weights(source, SQUARE).tensors, SQUARE, out, format_)
        assert list(out.parent.iterdir()) == []


# --- are they the same? ---------------------------------------------------------------------


def test_the_same_weights_are_the_same() -> None:
    tensors = random_tensors(SQUARE)
    found = sameness.compare(tensors, dict(tensors), SQUARE, SQUARE)
    assert found.same
    assert sameness.sentence(found, "a", "b") == "a and b are the same weights."
    assert sameness.fix(found, "a", "b") is None


@pytest.mark.parametrize("name", INVERSE)
def test_every_change_is_named_and_mended(name: str) -> None:
    tensors = random_tensors(SQUARE, 1)
    other = spoiled(tensors, {name})
    found = sameness.compare(other, tensors, SQUARE, SQUARE)
    assert (found.same, found.explained) == (False, True)
    assert {part for parts in found.changed.values() for part in parts} == {INVERSE[name]}
    mend = sameness.fix(found, "A", "B")
    assert mend is not None
    if INVERSE[name] in changes.LOSSY:
        assert mend.startswith("use B")
        return
    assert mend == f"netparity weights convert A OUT --apply {INVERSE[name]}"
    again = spoiled(other, {INVERSE[name]})
    assert sameness.compare(again, tensors, SQUARE, SQUARE).same


@pytest.mark.parametrize("pair", [*itertools.combinations(INVERSE, 2)], ids="+".join)
def test_every_pair_of_changes_is_explained(pair: tuple[str, str]) -> None:
    if not go_together(set(pair)):
        pytest.skip("not met in one file")
    tensors = random_tensors(SQUARE, 2)
    other = spoiled(tensors, set(pair))
    found = sameness.compare(other, tensors, SQUARE, SQUARE)
    assert found.explained
    # One change may be another's equal (rows and columns swapped, and channels first, is by
    # columns), so what counts is that what is said turns one into the other.
    chosen = {
        layer: {
            part
            for name in (f"{layer}.kernel", f"{layer}.bias")
            for part in found.changed.get(name, ())
        }
        for layer in (str(layer.parameters) for layer in SQUARE.parametric_layers)
    }
    mended = converting.apply_changes(
        other, SQUARE, {layer: parts - changes.LOSSY for layer, parts in chosen.items()}
    )
    lossy = any(parts & changes.LOSSY for parts in chosen.values())
    after = sameness.compare(mended, tensors, SQUARE, SQUARE)
    assert after.same or (lossy and after.explained)


def test_changes_of_single_layers_are_named_with_them() -> None:
    tensors = random_tensors(SQUARE, 3)
    other = dict(tensors)
    other["conv1_2.kernel"] = np.ascontiguousarray(tensors["conv1_2.kernel"][::-1, ::-1])
    found = sameness.compare(other, tensors, SQUARE, SQUARE)
    assert sameness.sentence(found, "a", "b") == (
        "a is b with conv1_2 rotated by 180 degrees (Theano's convolution)."
    )
    assert sameness.fix(found, "a", "b") == (
        "netparity weights convert a OUT --apply rotate=conv1_2"
    )


def test_other_weights_are_called_different_200_times() -> None:
    model = vgg("small", ((2,), (3,)), (4,), 3, (8, 8))
    before = random_tensors(model, 0)
    for seed in range(1, 201):
        tensors = random_tensors(model, seed)
        found = sameness.compare(tensors, before, model, model)
        assert not found.changed
        assert len(found.different) == len(model.parameter_shapes)
        before = tensors


def test_one_value_is_found_and_measured() -> None:
    tensors = random_tensors(SQUARE, 4)
    other = {name: tensor.copy() for name, tensor in tensors.items()}
    other["fc3.kernel"][1, 2, 3, 4] += np.float32(0.5)
    found = sameness.compare(other, tensors, SQUARE, SQUARE)
    assert list(found.different) == ["fc3.kernel"]
    difference = found.different["fc3.kernel"]
    assert (difference.count, difference.size) == (1, tensors["fc3.kernel"].size)
    assert difference.largest == pytest.approx(0.5, rel=1e-5)
    norm = np.linalg.norm(tensors["fc3.kernel"].astype(np.float64))
    assert difference.relative == pytest.approx(0.5 / norm, rel=1e-5)


def test_what_rounds_to_zero_is_not_called_rounded() -> None:
    tensors = random_tensors(SQUARE, 5)
    other = dict(tensors)
    tensors["fc5.bias"] = np.full(3, 1e-9, dtype=np.float32)
    other["fc5.bias"] = np.zeros(3, dtype=np.float32)
    assert list(sameness.compare(other, tensors, SQUARE, SQUARE).different) == ["fc5.bias"]


def test_a_network_without_dense_layers_against_the_whole() -> None:
    whole, part = NETWORKS["vgg16-tiny"], NETWORKS["vgg16-tiny-notop"]
    tensors = random_tensors(whole)
    some = {name: tensors[name] for name in part.parameter_shapes}
    found = sameness.compare(some, tensors, part, whole)
    assert not found.same
    sentence = sameness.sentence(found, "part.h5", "whole.h5")
    assert sentence.startswith("part.h5 lacks tensors or has them in another shape (fc6.kernel, ")
    assert sentence.endswith("all 26 that both have are equal.")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("turn", "unknown change"),
        ("half-of", "unknown change"),
        ("rotate=conv9_9", "no layer 'conv9_9'"),
        ("rotate=fc4", "cannot be combined|does not apply"),
    ],
)
def test_unknown_changes_are_refused(option: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        converting.parse_changes([option], SQUARE)
