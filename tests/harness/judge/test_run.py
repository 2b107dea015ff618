"""A stored run is judged from its files alone, on both inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.judge import truths
from netparity.judge.run import judge_run, run_rule
from netparity.judge.truths import native_passes
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.parity import ReferencePass, forward
from netparity.protocol import ParityEntry, RunnerRecord
from netparity.results.network import run_network
from netparity.watch import SILENT
from tests.support.cases import input_tensor, numpy_runner
from tests.support.stored_runs import LAYERS, SHARED, TINY_WEIGHTS, StoredRun, ok

OTHER = input_tensor(VGG16_TINY, seed=1)
"""What another resize would make of the image."""


@pytest.fixture
def stored(tmp_path: Path) -> StoredRun:
    return StoredRun.begin(tmp_path)


def judged(stored: StoredRun, weights=TINY_WEIGHTS, **changes):
    return judge_run(stored.run(**changes), stored.store, weights, SILENT)


def against_reference(judgement, label: str, kind: str = "shared"):
    return {
        entry.feature: entry
        for entry in judgement.parity
        if (entry.label, entry.against, entry.input) == (label, "reference", kind)
    }


def verdicts(judgement, label: str, kind: str = "shared") -> list[str]:
    return [entry.verdict for entry in against_reference(judgement, label, kind).values()]


# --- both inputs ----------------------------------------------------------------------------


def test_a_sound_runner_passes_on_both_inputs(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    found = judged(stored)
    assert list(against_reference(found, "a")) == LAYERS
    for kind in ("shared", "native"):
        assert verdicts(found, "a", kind) == ["pass"] * len(LAYERS)


def test_native_features_are_judged_against_the_reference_on_the_runners_own_tensor(
    stored: StoredRun,
) -> None:
    stored.add("a", OTHER)
    reference = forward(VGG16_TINY, TINY_WEIGHTS, OTHER, frozenset(LAYERS))
    features = numpy_runner(VGG16_TINY, TINY_WEIGHTS, OTHER)
    for name, entry in against_reference(judged(stored), "a", "native").items():
        norm = np.linalg.norm(reference[name])
        expected = np.linalg.norm(features[name] - reference[name]) / norm
        assert entry.relative_l2 == pytest.approx(expected, rel=1e-9)


def test_a_native_feature_of_another_tensor_than_the_one_handed_out_diverges(
    stored: StoredRun,
) -> None:
    stored.add("a", OTHER)
    stored.add("b", SHARED)
    a, b = stored.runners
    stored.runners = [a, b.model_copy(update={"native_input": a.native_input})]
    assert set(verdicts(judged(stored), "b", "native")) == {"divergent"}


def test_runners_with_other_tensors_are_each_judged_by_their_own(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    stored.add("b", input_tensor(VGG16_TINY, seed=2))
    found = judged(stored)
    for label in ("a", "b"):
        assert set(verdicts(found, label, "native")) == {"pass"}
    pairs = [e.verdict for e in found.parity if (e.input, e.against) == ("native", "b")]
    assert pairs == ["divergent"] * len(LAYERS)


def test_equal_tensors_share_one_pass(stored: StoredRun, monkeypatch) -> None:
    made: list[np.ndarray] = []

    class Counted(ReferencePass):
        def __init__(self, model, weights, images, *rest) -> None:
            made.append(images)
            super().__init__(model, weights, images, *rest)

    monkeypatch.setattr(truths, "ReferencePass", Counted)
    for label, tensor in {"a": OTHER, "b": SHARED, "c": OTHER.copy()}.items():
        stored.add(label, tensor)
    found = judged(stored)
    assert len(made) == 2
    assert [(floor.input, floor.labels) for floor in found.floors] == [
        ("shared", []),
        ("native", ["a", "c"]),
        ("native", ["b"]),
    ]
    for label in ("a", "b", "c"):
        assert set(verdicts(found, label, "native")) <= {"pass", "identical"}
    assert against_reference(found, "a", "native")["fc6"].identical_to == ["c"]


def test_floors_of_every_tensor_are_kept_for_the_layers_asked_for(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    shared, native = judged(stored).floors
    for floor in (shared, native):
        assert [layer.feature for layer in floor.layers] == LAYERS
        assert all(layer.relative_l2 >= 2.0**-24 for layer in floor.layers)


def test_judging_twice_does_not_double_the_floors(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    first = judged(stored)
    stored.floors = first.floors
    assert judged(stored) == first


@pytest.mark.parametrize(
    "tensor",
    [
        np.zeros((1, 32, 32, 3), np.float32),
        np.zeros((2, 64, 64, 3), np.float32),
        np.full((1, 64, 64, 3), np.nan, np.float32),
    ],
    ids=["size", "images", "nan"],
)
def test_a_tensor_that_is_no_input_of_the_network_has_no_native_verdict(
    stored: StoredRun, tensor
) -> None:
    stored.add("a", OTHER)
    wrong = stored.store.write_array("wrong.npy", tensor)
    stored.runners = [stored.runners[0].model_copy(update={"native_input": wrong})]
    found = judged(stored)
    assert verdicts(found, "a", "native") == []
    assert set(verdicts(found, "a")) == {"pass"}


def test_a_runner_that_left_no_tensor_has_no_native_verdict(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    stored.runners = [stored.runners[0].model_copy(update={"native_input": None})]
    assert native_passes(stored.run(), stored.store, TINY_WEIGHTS) == {}
    assert verdicts(judged(stored), "a", "native") == []


# --- weights that are gone ------------------------------------------------------------------


def test_without_weights_only_the_shared_input_is_judged_and_nothing_is_local(
    stored: StoredRun,
) -> None:
    stored.add("a", OTHER, {"conv1_1": ("bias-missing",)})
    found = judged(stored, weights=None)
    assert {entry.input for entry in found.parity} == {"shared"}
    assert verdicts(found, "a") == ["divergent"] * len(LAYERS)
    own = [entry.local for entry in against_reference(found, "a").values()]
    # The first layer's own error is the whole one.
    assert own[0] is not None
    assert own[1:] == [None] * (len(LAYERS) - 1)
    assert [floor.input for floor in found.floors] == ["shared"]


def test_without_weights_the_shared_errors_are_the_same(stored: StoredRun) -> None:
    stored.add("a", OTHER, {"fc6": ("bias-missing",)})
    with_weights = against_reference(judged(stored), "a")
    for name, entry in against_reference(judged(stored, weights=None), "a").items():
        assert entry.relative_l2 == with_weights[name].relative_l2
        assert entry.verdict == with_weights[name].verdict


# --- faults ---------------------------------------------------------------------------------


def test_the_layer_at_fault_is_told_from_those_that_inherit_it(stored: StoredRun) -> None:
    stored.add("a", OTHER, {"fc6": ("bias-missing",)})
    entries = against_reference(judged(stored), "a")
    assert [entry.verdict for entry in entries.values()] == ["pass"] * 3 + ["divergent"] * 3
    own = {name: entry.local.verdict for name, entry in entries.items()}
    assert own == dict.fromkeys(LAYERS, "pass") | {"fc6": "divergent"}
    native = against_reference(judged(stored), "a", "native")
    assert [entry.verdict for entry in native.values()] == ["pass"] * 3 + ["divergent"] * 3


def test_nan_and_wrong_shapes_are_errors_and_cost_no_other_runner_anything(
    stored: StoredRun,
) -> None:
    whole = numpy_runner(VGG16_TINY, TINY_WEIGHTS, SHARED)
    bad = whole["fc6"].copy()
    bad[0, 7] = np.nan
    stored.add("a", OTHER, fc6=bad, fc7=whole["fc7"][:, :-1])
    stored.add("b", OTHER)
    found = judged(stored)
    entries = against_reference(found, "a")
    assert (entries["fc6"].verdict, entries["fc6"].note) == ("error", "1 NaN of 256 values")
    assert (entries["fc7"].verdict, entries["fc7"].note) == (
        "error",
        "shape [1, 255], expected [1, 256]",
    )
    assert entries["prob"].verdict == "identical"
    assert set(verdicts(found, "b")) <= {"pass", "identical"}


@pytest.mark.parametrize("status", ["failed", "pending", "unavailable"])
def test_only_runners_that_succeeded_are_judged(stored: StoredRun, status: str) -> None:
    stored.add("a", OTHER)
    stored.add("b", OTHER)
    a, b = stored.runners
    stored.runners = [a, b.model_copy(update={"status": status})]
    found = judged(stored)
    assert {entry.label for entry in found.parity} == {"a"}
    assert {entry.against for entry in found.parity} == {"reference"}
    assert [entry.label for entry in found.preprocessing] == ["a"]


def test_a_run_without_runners_has_no_verdicts(stored: StoredRun) -> None:
    stored.runners = [RunnerRecord(label="a", runner="x", status="unavailable")]
    found = judged(stored)
    assert (found.parity, found.preprocessing) == ([], [])


def test_a_runner_without_features_has_no_verdicts(stored: StoredRun) -> None:
    stored.runners = [ok("a")]
    assert judged(stored).parity == []


@pytest.mark.parametrize("name", ["input/shared.npy", "features/reference/fc6.npy"])
def test_a_file_that_is_missing_is_an_input_error(stored: StoredRun, name: str) -> None:
    stored.add("a", OTHER)
    (stored.store.path / name).unlink()
    with pytest.raises(InputError, match=name.rpartition("/")[2]):
        judged(stored)


def edited(path: Path) -> None:
    np.save(path, np.load(path) + 1)


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


DAMAGE = {
    edited: "has been changed since the run stored it",
    longer: "it has 1 bytes after its values",
    Path.unlink: "cannot be read",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["shared", "native"])
def test_a_damaged_feature_is_an_error_and_the_rest_is_judged(
    stored: StoredRun, kind: str, damage: Callable[[Path], None]
) -> None:
    stored.add("a", OTHER)
    stored.add("b", OTHER, {"conv1_1": ("bias-missing",)})  # no twin of a
    whole = without_local_errors(judged(stored))
    damage(stored.store.path / stored.runners[0].features[kind]["fc6"].file)
    found = without_local_errors(judged(stored))
    assert found.keys() == whole.keys()
    concerned = [key for key, each in found.items() if each != whole[key]]
    assert concerned == [key for key in found if key[2:] == (kind, "fc6") and "a" in key[:2]]
    for key in concerned:
        assert found[key].verdict == "error"
        assert DAMAGE[damage] in found[key].note


def without_local_errors(judgement) -> dict[tuple[str, ...], ParityEntry]:
    """Every entry; the local error of the layer after a damaged one cannot be known."""
    return {
        (entry.label, entry.against, entry.input, entry.feature): entry.model_copy(
            update={"local": None}
        )
        for entry in judgement.parity
    }


def test_a_runner_whose_own_input_is_damaged_is_judged_on_the_shared_one(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    stored.add("b", OTHER)
    native = stored.runners[0].native_input
    assert native is not None
    edited(stored.store.path / native.file)
    entries = judged(stored).parity
    assert {entry.input for entry in entries if entry.label == "a"} == {"shared"}
    assert {entry.input for entry in entries if entry.label == "b"} == {"shared", "native"}


def test_a_shared_input_that_was_changed_is_an_input_error(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    edited(stored.store.path / "input" / "shared.npy")
    with pytest.raises(InputError, match="has been changed"):
        judged(stored)


# --- the rule -------------------------------------------------------------------------------


def test_the_rule_is_the_runs() -> None:
    rule = run_rule(
        StoredRun.run(
            StoredRun(None),
            settings={"floor_factor": 3.0, "max_relative_l2": 1e-3, "atol": 0.0, "rtol": 0.5},
        )
    )
    assert (rule.factor, rule.max_relative_l2, rule.atol, rule.rtol) == (3.0, 1e-3, 0.0, 0.5)


def test_a_run_of_the_first_schema_keeps_its_own_rule() -> None:
    """It had a relative L2 and no floor."""
    old = StoredRun.run(StoredRun(None), settings={"floor_factor": None, "max_relative_l2": 1e-5})
    assert run_rule(old).max_relative_l2 == 1e-5
    assert not run_rule(old).by_floor


def test_a_tolerance_of_the_users_decides(stored: StoredRun) -> None:
    stored.add("a", OTHER, {"fc6": ("bias-missing",)})
    strict, wide = ({"max_relative_l2": value} for value in (0.0, 10.0))
    assert "divergent" not in verdicts(judged(stored, settings=wide), "a")
    assert set(verdicts(judged(stored, settings=strict), "a")) == {"divergent"}


def test_a_model_that_is_not_known(stored: StoredRun) -> None:
    run = StoredRun.run(StoredRun(None), model="vgg99")
    with pytest.raises(InputError, match=r"'vgg99'.*vgg16-tiny"):
        run_network(run, stored.store)


# --- preprocessing --------------------------------------------------------------------------


def test_every_runners_tensor_is_compared_with_the_shared_one(stored: StoredRun) -> None:
    stored.add("a", OTHER)
    stored.add("b", SHARED)
    a, b = judged(stored).preprocessing
    difference = OTHER.astype(np.float64) - SHARED
    assert (a.label, b.label) == ("a", "b")
    assert a.rms == pytest.approx(np.sqrt(np.mean(difference**2)), rel=1e-9)
    assert b.rms == 0
    assert [feature.feature for feature in a.features] == LAYERS
    assert all(feature.relative_l2 > 0.1 for feature in a.features[:4])
