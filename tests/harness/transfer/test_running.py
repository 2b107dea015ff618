"""A classifier on one runner's features, tested on another's: the parts, without a real tool."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.errors import InputError, UsageError
from netparity.results.folder import RunFolder
from netparity.transfer import tables as report
from netparity.transfer.classifier import cross_accuracy, share, split
from netparity.transfer.dataset import open_dataset
from netparity.transfer.request import Request
from netparity.transfer.running import run_transfer
from netparity.transfer.tables import Transfer
from tests.support.cases import make_run  # noqa: F401  (puts the tests' folder on the path)

LABELS = ["cat"] * 40 + ["dog"] * 20 + ["owl"] * 4


def blobs(seed=0):
    """Features that a line can tell apart, N x 6."""
    random = np.random.default_rng(seed)
    centres = {name: random.normal(0, 4, 6) for name in ("cat", "dog", "owl")}
    return np.stack([centres[label] + random.normal(0, 0.3, 6) for label in LABELS])


def images(folder: Path, classes: dict[str, int], size=(9, 7)) -> Path:
    random = np.random.default_rng(1)
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 256, (size[1], size[0]), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "results")


# --- the split and the matrix -----------------------------------------------------------------


@pytest.mark.parametrize("part", [0.01, 0.25, 0.5, 0.99])
def test_every_class_is_trained_on_and_tested(part):
    testing = split(LABELS, 3, part)
    truth = np.asarray(LABELS)
    for name, count in (("cat", 40), ("dog", 20), ("owl", 4)):
        tested = int(testing[truth == name].sum())
        assert 1 <= tested <= count - 1
        assert abs(tested - part * count) <= 1


def test_the_split_depends_on_the_seed_alone():
    np.testing.assert_array_equal(split(LABELS, 3, 0.5), split(LABELS, 3, 0.5))
    assert (split(LABELS, 3, 0.5) != split(LABELS, 4, 0.5)).any()


def test_equal_features_change_nothing_and_others_do():
    features = {"a": blobs(), "b": blobs(), "reversed": blobs()[:, ::-1]}
    cells = {
        (cell.trained_on, cell.tested_on): cell
        for cell in cross_accuracy(features, LABELS, split(LABELS, 0, 0.5))
    }
    assert len(cells) == 9
    for pair in (("a", "a"), ("a", "b"), ("b", "a")):
        assert cells[pair].accuracy.value == 1
        assert cells[pair].changed.count == 0
        assert cells[pair].distance == 0
    moved = cells["a", "reversed"]
    assert moved.accuracy.value < 0.9 and moved.changed.count > 3 and moved.distance > 0.1
    assert cells["reversed", "reversed"].accuracy.value == 1


def test_features_that_never_change_are_no_obstacle():
    features = np.hstack([blobs(), np.zeros((len(LABELS), 3)), np.full((len(LABELS), 1), 7.0)])
    [cell] = cross_accuracy({"a": features}, LABELS, split(LABELS, 0, 0.5))
    assert cell.accuracy.value == 1


def test_interval_is_wilson_s():
    # Wilson (1927): the roots of (p - x)^2 = z^2 x (1 - x) / n.
    for count, total in ((0, 10), (7, 10), (10, 10), (1, 898)):
        p, z = count / total, 1.959963984540054
        middle = (p + z * z / (2 * total)) / (1 + z * z / total)
        half = z / (1 + z * z / total) * np.sqrt(p * (1 - p) / total + z * z / (4 * total**2))
        np.testing.assert_allclose(
            share(count, total).interval, (middle - half, middle + half), atol=1e-12
        )


# --- the images -------------------------------------------------------------------------------


def test_a_folder_per_class(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 5, "cat": 4, ".git": 3})
    (source / "notes.txt").write_text("not a class")
    (source / "cat" / ".hidden.png").write_bytes(b"")
    (source / "dog" / "more").mkdir()
    (source / "dog" / "4.png").rename(source / "dog" / "more" / "4.png")
    dataset = open_dataset(source, store)
    assert dataset.name == "pets"
    assert dataset.items[-1].name == "dog/more/4.png"
    assert dataset.labels == ["cat"] * 4 + ["dog"] * 5
    assert dataset.items[0].name == "cat/0.png"
    assert not dataset.skipped


def test_bad_images_are_left_out_and_listed(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 5, "cat": 5})
    (source / "cat" / "0.png").write_bytes(b"\x89PNG broken")
    (source / "dog" / "z.txt").write_text("text")
    warnings = []

    class Watch:
        warning = staticmethod(warnings.append)

        def task(self, *_):
            from netparity.watch import SILENT

            return SILENT.task("")

    dataset = open_dataset(source, store, Watch())
    assert [name for name, _ in dataset.skipped] == ["cat/0.png", "dog/z.txt"]
    assert len(dataset.items) == 9
    assert "cat/0.png is left out" in warnings[0]
    assert "2 of 11 images are left out" in warnings[-1]


@pytest.mark.parametrize("classes", [{"cat": 9}, {"cat": 9, "dog": 3}, {}])
def test_without_classes_to_tell_apart_it_says_what_there_is(tmp_path, store, classes):
    (tmp_path / "pets").mkdir()
    source = images(tmp_path / "pets", classes)
    with pytest.raises(InputError, match="at least two folders, one per class, of at least 4"):
        open_dataset(source, store)


def test_what_not_every_tool_reads_is_handed_on_as_png(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 4, "cat": 4})
    Image.new("CMYK", (8, 8), (1, 2, 3, 4)).save(source / "cat" / "0.tif")
    dataset = open_dataset(source, store)
    handed = next(item for item in dataset.items if item.name == "cat/0.tif")
    assert handed.path.suffix == ".png" and handed.path.is_relative_to(store.path)


def test_the_digits_are_1797_grey_images_of_ten_classes(store):
    dataset = open_dataset(None, store)
    assert len(dataset.items) == 1797 and dataset.classes == [str(digit) for digit in range(10)]
    with Image.open(dataset.items[0].path) as image:
        assert (image.mode, image.size) == ("L", (8, 8))


# --- what is asked for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_share": 0.0}, "--test 0: expected a share between 0 and 1"),
        ({"model": "alexnet"}, "unknown model 'alexnet'"),
        ({"feature": "fc6,fc7"}, "a transfer takes a single layer"),
        ({"runners": ["nonsense"]}, "unknown runner 'nonsense'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_stored(tmp_path, changes, message):
    request = Request(**{"model": "vgg16-tiny", "results": tmp_path / "results", **changes})
    with pytest.raises(UsageError, match=message):
        run_transfer(request)
    assert not (tmp_path / "results").exists()


def test_a_dataset_that_cannot_be_used_leaves_nothing_behind(tmp_path):
    request = Request(
        dataset=tmp_path / "missing", model="vgg16-tiny", results=tmp_path / "results"
    )
    with pytest.raises(InputError, match="is no folder"):
        run_transfer(request)
    assert not list((tmp_path / "results").iterdir())


def test_only_a_transfer_can_be_resumed(tmp_path):
    with pytest.raises(InputError, match=r"holds no settings\.json"):
        run_transfer(Request(resume=tmp_path))
    (tmp_path / "settings.json").write_text("{}")
    with pytest.raises(InputError, match="is damaged"):
        run_transfer(Request(resume=tmp_path))


# --- what is shown ----------------------------------------------------------------------------


def found(**changes) -> Transfer:
    features = {"a": blobs(), "b|<b>": blobs()[:, ::-1]}
    cells = list(cross_accuracy(features, LABELS, split(LABELS, 0, 0.5)))
    values = {
        "name": "name",
        "title": "vgg16-tiny, synthetic",
        "synthetic": True,
        "feature": "fc6",
        "classes": {"cat": 40, "dog": 20, "owl": 4},
        "trained": 32,
        "tested": 32,
        "chance": 0.625,
        "skipped": 1,
        "cells": {"native": cells},
        "codes": {"a": "A 1.0"},
        "failures": {"c": "it broke"},
    }
    return Transfer(**{**values, **changes})


def test_every_format_says_the_same():
    transfer = found()
    rows = list(csv.DictReader(report.as_csv(transfer).splitlines()))
    assert len(rows) == 4 and rows[0]["accuracy"] == "1.0" and rows[0]["input"] == "native"
    assert json.loads(report.as_json(transfer))["cells"]["native"][0]["accuracy"]["count"] == 32
    text = report.as_markdown(transfer)
    for words in ("100.0 % (89.3–100.0)", "synthetic", "1 image could not", "c has no features"):
        assert words in text, words
    assert "<b>" not in text


def test_a_single_tool_is_nothing_to_compare():
    cells = list(cross_accuracy({"a": blobs()}, LABELS, split(LABELS, 0, 0.5)))
    text = report.conclusion(found(cells={"shared": cells}), "shared")
    assert "nothing to compare" in text


def test_no_features_at_all_is_said_too():
    transfer = found(cells={"shared": [], "native": []}, failures={"a": "x", "b": "y"})
    for render in report.FILES.values():
        assert render(transfer)
