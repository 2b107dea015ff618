"""The methods paragraph says what a reader of a paper would ask, and only what is so."""

from __future__ import annotations

import pytest

from netparity.protocol import Image, Run, Weights
from netparity.report import Document, methods
from netparity.report.methods import paragraph
from tests.support.cases import make_run
from tests.support.odd_runs import WORDS, odd_runs, timed, whole_run, worded_run
from tests.support.stored_runs import entry, mixed_run, ok, timing


def of_processes(*counts: int, **changes) -> str:
    labels = [f"r{number}" for number in range(len(counts))]
    entries = [
        timing(label, "predict", [1.0], 1.0).model_copy(update={"processes": count})
        for label, count in zip(labels, counts, strict=True)
    ]
    run = make_run([ok(label) for label in labels], timing=entries, **changes)
    return paragraph(run.model_copy(update={"schema_version": 3}))


def test_versions_machine_and_weights_are_named() -> None:
    said = paragraph(whole_run(["a", "b"]))
    for words in (
        "with vgg16-tiny and synthetic weights synthetic:0 (SHA-256 0123456789abcdef…)",
        "by netparity 0.1.0 on 2026-01-02 (run 20260102T030405Z-abcdef)",
        "The machine had 2 processors (A processor) and 8 GiB of memory, under A system.",
        "The tools were a: A tool 1.0 (A library); b: A tool 1.0 (A library).",
        "A feature passes within 8 times its noise floor",
    ):
        assert words in said


def test_rounds_threads_and_the_seed_of_the_order_are_named() -> None:
    said = of_processes(5, 5)
    assert "ran in 5 fresh processes with 2 threads, one at a time" in said
    assert "(seed 7); each process timed 2 predictions after 1 untimed." in said
    assert "ratios were taken within rounds and have simultaneous 95 % intervals" in said
    assert "permutation" not in said


def test_one_of_each_has_no_s() -> None:
    settings = {"threads": 1, "repeats": 1, "warmup": 0}
    machine = mixed_run().machine.model_copy(update={"cpus_available": 1})
    said = of_processes(1, settings=settings, machine=machine)
    assert "in one fresh process with 1 thread," in said
    assert "each process timed 1 prediction after 0 untimed" in said
    assert "had 1 processor (" in said


def test_a_single_process_is_not_said_to_have_been_tested() -> None:
    said = of_processes(1, 1)
    assert "a single process gives no intervals, and differences were not tested" in said
    assert "simultaneous" not in said


def test_a_run_that_some_left_early_says_up_to() -> None:
    assert "ran in up to 5 fresh processes" in of_processes(5, 2)


def test_a_run_of_an_old_version_does_not_claim_todays_statistics() -> None:
    run = make_run([ok("a")], timing=[timing("a", "predict", [1.0], 1.0)])
    assert run.schema_version == 1
    said = paragraph(run)
    assert "in 2 fresh processes" in said, "as many as were asked for"
    assert "simultaneous" not in said and "geometric" not in said


def test_a_run_with_tests_by_permutation_says_so() -> None:
    entries = [
        timing(label, "predict", [1.0, 1.1], ratio).model_copy(
            update={"processes": 5, "largest_difference": None}
        )
        for label, ratio in (("a", 1.0), ("b", 1.2))
    ]
    run = make_run([ok("a"), ok("b")], timing=entries).model_copy(update={"schema_version": 3})
    said = paragraph(run)
    assert "permutation test at the 5 % level, with Holm's correction" in said
    assert "simultaneous" not in said


def test_what_a_tool_did_not_say_leaves_nothing_behind() -> None:
    said = paragraph(make_run([ok("a"), ok("b", code="B 2", data_format="channels_first")]))
    assert "The tools were a: keras3-tensorflow; b: B 2 (channels_first)." in said
    assert "()" not in said


def test_tools_that_did_not_run_are_not_among_those_that_did() -> None:
    said = paragraph(mixed_run())
    assert "crashed" not in said and "absent" not in said and "late" not in said
    assert "The tools were" not in paragraph(odd_runs()["none ok"])


def test_without_timing_nothing_is_said_of_it() -> None:
    run = make_run([timed("a")], parity=[entry("a", "fc6", 1e-7, "pass")])
    assert "process" not in paragraph(run).replace("processor", "").replace("preprocess", "")


def test_images_features_and_other_weights() -> None:
    image = Image(file="a.png", sha256="0" * 64, mode="L", size=(1, 1))
    run = whole_run(
        ["a", "b"],
        layers=["conv1_1", "conv1_2", "pool1", "fc6", "fc7"],
        images=[image, image],
        weights=Weights(kind="file", sha256="f" * 64, source="vgg16.h5"),
    )
    said = paragraph(run)
    assert said.startswith("Features (5 layers) of 2 images were extracted with vgg16-tiny and ")
    assert "and the weights vgg16.h5 (SHA-256 ffffffffffffffff…)" in said


@pytest.mark.parametrize("word", WORDS)
def test_a_run_is_one_paragraph(word: str) -> None:
    runs: tuple[Run, ...] = (worded_run([word, "b"]), whole_run(["a"]))
    first, between, second, *rest = methods.render(Document(runs)).splitlines()
    assert (between, rest) == ("", [])
    assert first.startswith("Features (") and second.startswith("Features (")
