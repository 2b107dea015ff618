"""Every runner is compared with its reference and every other runner, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.parity import Rule, Truth, compare_features, measure
from netparity.protocol import Metrics

R = np.random.default_rng(0).normal(0, 1, (2, 6))
REFERENCE = {"fc6": R, "fc7": R * 2}
FLOOR = 2.0**-22
IMAGES = np.zeros((2, 64, 64, 3), dtype=np.float32)


def truth(reference=REFERENCE, floor: float | None = FLOOR) -> Truth:
    floors = {} if floor is None else dict.fromkeys(reference, floor)
    return Truth(VGG16_TINY, IMAGES, reference, floors)


TRUTH = truth()


def features(scale: float = 1.0):
    return {name: (value * scale).astype(np.float32) for name, value in REFERENCE.items()}


def compared(runners, against: Truth | Mapping[str, Truth] = TRUTH, rule: Rule | None = None, **o):
    truths = against if isinstance(against, dict) else dict.fromkeys(runners, against)
    kind = o.pop("kind", "shared")
    return list(compare_features(kind, runners, truths, rule or Rule(), **o))


def verdicts(entries) -> dict[tuple[str, str, str], str]:
    return {(e.label, e.against, e.feature): e.verdict for e in entries}


# --- who is compared with whom --------------------------------------------------------------


def test_every_pair_is_judged_once() -> None:
    entries = compared({"a": features(), "b": features(), "c": features(1.1)})
    pairs = [(e.label, e.against, e.feature) for e in entries]
    assert len(pairs) == len(set(pairs)) == (3 + 3) * 2
    assert {(e.label, e.against) for e in entries} == {
        ("a", "reference"),
        ("b", "reference"),
        ("c", "reference"),
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }


@pytest.mark.parametrize("kind", ["shared", "native"])
def test_entries_say_which_input_they_are_of(kind: str) -> None:
    assert {e.input for e in compared({"a": features(), "b": features()}, kind=kind)} == {kind}


def test_layers_come_in_the_networks_order_whatever_the_runners_have() -> None:
    reference = dict.fromkeys(["prob", "conv1_1", "fc6", "pool1"], R)
    entries = compared(
        {"a": {"prob": R, "fc6": R}, "b": {"pool1": R, "conv1_1": R}}, truth(reference)
    )
    assert [e.feature for e in entries] == ["conv1_1", "pool1", "fc6", "prob"]


def test_a_missing_feature_has_no_entry() -> None:
    entries = compared({"a": features(), "b": {"fc6": R}})
    assert ("b", "reference", "fc7") not in verdicts(entries)
    assert [e.feature for e in entries if e.against == "b"] == ["fc6"]


def test_without_a_reference_runners_are_still_compared() -> None:
    entries = compared({"a": features(), "b": features()}, truth({}))
    assert {(e.label, e.against) for e in entries} == {("a", "b")}


def test_no_runners_no_entries() -> None:
    assert compared({}) == []


def test_each_runner_is_judged_against_its_own_truth() -> None:
    double = truth({name: 2 * value for name, value in REFERENCE.items()})
    found = verdicts(
        compared({"a": features(), "b": features(2.0)}, {"a": TRUTH, "b": double}, kind="native")
    )
    assert found["a", "reference", "fc6"] == found["b", "reference", "fc6"] == "pass"
    assert found["a", "b", "fc6"] == "divergent"


def test_a_feature_is_read_once_and_a_layer_at_a_time() -> None:
    read: list[tuple[str, str]] = []

    class Watched(Mapping):
        def __init__(self, label: str) -> None:
            self.label = label

        def __getitem__(self, name: str):
            read.append((self.label, name))
            return features()[name]

        def __contains__(self, name: object) -> bool:
            return name in REFERENCE

        def __iter__(self):
            return iter(features())

        def __len__(self) -> int:
            return 2

    done: list[int] = []
    compared({"a": Watched("a"), "b": Watched("b")}, done=lambda: done.append(len(read)))
    assert read == [("a", "fc6"), ("b", "fc6"), ("a", "fc7"), ("b", "fc7")]
    assert done == [2, 4]


# --- what an entry holds --------------------------------------------------------------------


def test_an_entry_holds_every_metric_and_the_verdict() -> None:
    [entry] = compared({"a": {"fc6": R * 1.5}})
    expected = measure(R * 1.5, R)
    for name in Metrics.model_fields:
        assert getattr(entry, name) == getattr(expected, name), name
    assert entry.relative_l2 == pytest.approx(0.5)
    assert entry.max_abs_at == np.unravel_index(np.abs(R).argmax(), R.shape)
    assert (entry.verdict, entry.floor, entry.count) == ("divergent", FLOOR, 12)


def test_only_the_networks_output_has_classes() -> None:
    wide = np.random.default_rng(1).normal(0, 1, (2, 10))
    entries = compared({"a": {"fc7": wide, "prob": wide}}, truth({"fc7": wide, "prob": wide}))
    assert [e.top1 for e in entries] == [None, 1.0]
    assert [e.top5 for e in entries] == [None, 1.0]


def test_a_layer_without_a_floor_has_none() -> None:
    [entry] = compared({"a": {"fc6": R}}, truth({"fc6": R}, floor=None))
    assert (entry.floor, entry.verdict) == (None, "pass")


# --- errors ---------------------------------------------------------------------------------


def test_nan_is_an_error_with_no_distances() -> None:
    bad = R.astype(np.float32)
    bad[1, 2] = np.nan
    [entry] = compared({"a": {"fc6": bad}})
    assert (entry.verdict, entry.relative_l2, entry.max_abs) == ("error", None, None)
    assert (entry.nan, entry.inf, entry.note) == (1, 0, "1 NaN of 12 values")


@pytest.mark.parametrize("shape", [(2, 5), (2, 7), (1, 6), (12,), (2, 6, 1), (0, 6), (6, 2)])
def test_another_shape_is_an_error_that_names_both(shape: tuple[int, ...]) -> None:
    """Nothing is cut, padded, reshaped or broadcast to make it fit."""
    [entry] = compared({"a": {"fc6": np.resize(R, shape)}})
    assert entry.verdict == "error"
    assert entry.note == f"shape {list(shape)}, expected [2, 6]"
    assert (entry.relative_l2, entry.max_abs, entry.cosine_distance) == (None, None, None)
    assert entry.count == np.prod(shape)


def test_an_error_costs_no_other_runner_and_no_other_layer_its_verdict() -> None:
    bad = features() | {"fc6": R[:, :5]}
    found = verdicts(compared({"a": bad, "b": features()}))
    assert found["a", "reference", "fc6"] == found["a", "b", "fc6"] == "error"
    assert found["b", "reference", "fc6"] == "pass"
    assert found["a", "reference", "fc7"] == "identical"


def test_runners_that_are_wrong_in_the_same_way_are_still_wrong() -> None:
    nan = {"fc6": np.full((2, 6), np.nan, dtype=np.float32)}
    found = verdicts(compared({"a": nan, "b": nan}))
    assert set(found.values()) == {"error"}
    double = {"fc6": 2 * R}
    entries = compared({"a": double, "b": double})
    assert [e.verdict for e in entries] == ["divergent", "divergent", "identical"]
    assert [e.identical_to for e in entries] == [["b"], ["a"], []]


# --- bit for bit ----------------------------------------------------------------------------


def test_runners_that_agree_bit_for_bit_are_identical_and_named() -> None:
    other = features()["fc6"]
    other[0, 0] = np.nextafter(other[0, 0], np.float32(9))
    runners = {"a": features(), "b": {"fc6": other}, "c": features(), "d": features()}
    entries = {(e.label, e.against): e for e in compared(runners) if e.feature == "fc6"}
    assert entries["a", "c"].verdict == entries["c", "d"].verdict == "identical"
    assert entries["a", "b"].verdict == "pass"
    against = {label: entry for (label, to), entry in entries.items() if to == "reference"}
    assert {label: entry.verdict for label, entry in against.items()} == {
        "a": "identical",
        "b": "pass",
        "c": "identical",
        "d": "identical",
    }
    assert against["a"].identical_to == ["c", "d"]
    assert against["c"].identical_to == ["a", "d"]
    assert against["b"].identical_to == []
    assert against["a"].note == "bit-identical to c, d"


def test_minus_zero_is_not_zero_bit_for_bit() -> None:
    zeros = R.astype(np.float32) * (R > 0)
    minus = np.where(zeros == 0, np.float32(-0.0), zeros)
    entries = compared(
        {"a": {"fc6": np.abs(zeros)}, "b": {"fc6": minus}}, truth({"fc6": zeros * 1.0})
    )
    assert {e.verdict for e in entries} == {"pass"}


def test_being_identical_does_not_make_a_layer_that_shows_nothing_pass() -> None:
    zeros = {"fc6": np.zeros((2, 6), dtype=np.float32)}
    entries = compared({"a": zeros, "b": zeros}, truth({"fc6": np.zeros((2, 6))}))
    assert [e.verdict for e in entries] == ["inconclusive", "inconclusive", "identical"]
    assert entries[0].note == "the reference is zero everywhere"
    assert entries[0].identical_to == ["b"]


# --- pairs ----------------------------------------------------------------------------------


def test_a_pair_may_be_off_by_twice_as_much_since_both_may_be_off() -> None:
    step = Rule().factor * FLOOR
    for share, expected in ((0.9, "pass"), (1.1, "divergent")):
        entries = compared(
            {"a": {"fc6": R * (1 - share * step)}, "b": {"fc6": R * (1 + share * step)}}
        )
        assert verdicts(entries)["a", "b", "fc6"] == expected
        assert verdicts(entries)["a", "reference", "fc6"] == expected


def test_a_pair_of_other_shapes_is_an_error() -> None:
    entries = compared({"a": {"fc6": R}, "b": {"fc6": R[:1]}}, truth({}))
    assert verdicts(entries) == {("a", "b", "fc6"): "error"}


# --- the user's rule ------------------------------------------------------------------------


def test_the_rule_is_the_users() -> None:
    near = {"fc6": R * (1 + 1e-3)}
    assert verdicts(compared({"a": near}))["a", "reference", "fc6"] == "divergent"
    for rule in (Rule(max_relative_l2=1e-2), Rule(rtol=1e-2), Rule(atol=0.1), Rule(factor=1e5)):
        assert verdicts(compared({"a": near}, rule=rule))["a", "reference", "fc6"] == "pass"


# --- one layer's fault seen in the layers after it ------------------------------------------


def test_local_errors_are_left_out_where_they_are_not_wanted() -> None:
    entries = compared({"a": features(1.1)}, local=False)
    assert [e.local for e in entries] == [None, None]
    assert [e.note for e in entries] == [None, None]


def test_without_weights_only_the_first_layer_is_judged_for_itself() -> None:
    first, second = compared({"a": features(1.1)})
    assert first.local is not None
    assert (first.local.since, first.local.verdict) == ("input", "divergent")
    assert second.local is None
    assert second.verdict == "divergent"
