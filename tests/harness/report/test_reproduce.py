"""The command that is printed makes the same request again, whatever it was made with."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from netparity.commands import main as cli
from netparity.errors import NetparityError, UsageError
from netparity.protocol import Image, Run, RunnerRecord, Weights
from netparity.protocol.runner_keys import split_keys
from netparity.report.reproduce import in_full, typed
from netparity.run.planning import make_schedule
from netparity.run.request import Request
from netparity.runners import RUNNERS, create_runners, known_runners
from netparity.system.limits import parse_bytes, parse_cpus
from tests.support.cases import SHA, make_run
from tests.support.odd_runs import WORDS, odd_runs

KINDS = {kind.name: kind for kind in RUNNERS}
FOR_ALL = ("compile_cache", "matconvnet", "matconvnet_root", "per_layer")


class CaughtError(NetparityError):
    """Instead of a comparison."""


@dataclass
class Caught:
    """The request that the command line makes of a printed command."""

    requests: list[Request] = field(default_factory=list)

    def __call__(self, command: str) -> Request:
        words = shlex.split(command)
        assert words[:2] == ["netparity", "compare"]
        result = CliRunner().invoke(cli.app, words[1:])
        assert result.exit_code == 2 and "caught" in result.stderr, result.output
        return self.requests.pop()


@pytest.fixture
def request_of(monkeypatch: pytest.MonkeyPatch) -> Caught:
    """Return request_of(command): nothing runs, and nothing is read or written."""
    caught = Caught()

    def compare(request: Request, watch: object) -> None:
        caught.requests.append(request)
        raise CaughtError("caught")

    monkeypatch.setattr("netparity.run.compare.compare", compare)
    return caught


def records(texts: list[str], **for_all: str) -> list[RunnerRecord]:
    """Runners as a run stores them, of what was typed and of options for all of them."""
    return [
        RunnerRecord(label=made.label, runner=made.name, options=made.chosen, status="ok")
        for made in create_runners(texts, known_runners(), for_all)
    ]


def made_of(request: Request) -> list[tuple[str, str, dict[str, str]]]:
    """Label, kind and keys of the runners that a request makes."""
    root = request.matconvnet_root
    given: dict[str, Any] = {
        "compile_cache": request.compile_cache,
        "matconvnet": request.matconvnet,
        "matconvnet_root": str(root) if root is not None else None,
        "per_layer": "yes" if request.per_layer else None,
    }
    defaults = {key: value for key, value in given.items() if value is not None}
    made = create_runners(request.runners, known_runners(), defaults)
    return [(each.label, each.name, each.chosen) for each in made]


# --- settings -------------------------------------------------------------------------------


def test_every_setting_comes_back(request_of: Caught) -> None:
    cpus = sorted(os.sched_getaffinity(0))[:2]
    run = make_run(
        records(["keras3-tensorflow", "keras2-theano[data_format=channels_first]"]),
        model="vgg19",
        weights=Weights(kind="synthetic", sha256=SHA, source="synthetic:7"),
        images=[Image(file=name, sha256=SHA, mode="L", size=(1, 1)) for name in ("a.png", "b.png")],
        settings={
            "layers": ["conv1_1", "fc6"],
            "rounds": 9,
            "repeats": 3,
            "warmup": 0,
            "threads": 1,
            "timeout_seconds": 12.5,
            "ratio_reference": "keras2-theano[data_format=channels_first]",
            "max_relative_l2": 1.2345678901e-5,
            "atol": 1e-300,
            "rtol": 0.1 + 0.2,
            "budget_seconds": 99.25,
            "affinity": cpus,
            "memory_limit_bytes": 8 * 2**30 + 1,
        },
    )
    request = request_of(in_full(run))
    kept = run.settings
    assert [str(path) for path in request.images] == ["a.png", "b.png"]
    assert list(request.runners) == [record.label for record in run.runners]
    assert (request.model, request.weights) == ("vgg19", "synthetic:7")
    assert request.layers == "conv1_1,fc6"
    assert (request.rounds, request.repeats, request.warmup, request.threads) == (9, 3, 0, 1)
    assert (request.timeout_seconds, request.budget_seconds) == (12.5, 99.25)
    assert request.reference == kept.ratio_reference
    # Every digit: a tolerance that is rounded may judge otherwise.
    tolerances = (kept.max_relative_l2, kept.atol, kept.rtol)
    assert (request.max_relative_l2, request.atol, request.rtol) == tolerances
    assert request.affinity is not None and list(parse_cpus(request.affinity)) == cpus
    assert request.memory_limit is not None
    assert parse_bytes(request.memory_limit) == kept.memory_limit_bytes


def test_rounds_until_it_is_precise(request_of: Caught) -> None:
    settings = {"rounds": 5, "precision": 0.0123, "budget_seconds": 60.0}
    request = request_of(in_full(make_run(records(["keras2-theano"]), settings=settings)))
    assert (request.rounds, request.precision, request.budget_seconds) == ("auto", 0.0123, 60.0)
    schedule = make_schedule(request.rounds, request.precision, request.budget_seconds)
    assert (schedule.least, schedule.precision, schedule.budget_seconds) == (5, 0.0123, 60.0)


def test_what_was_not_set_is_left_to_the_defaults(request_of: Caught) -> None:
    run = make_run(records(["keras2-theano"]), settings={"max_relative_l2": None})
    request, default = request_of(in_full(run)), Request()
    assert list(request.images) == list(default.images)
    unset = ("precision", "budget_seconds", "affinity", "memory_limit", "reference")
    for name in (*unset, "max_relative_l2", "atol", "rtol", *FOR_ALL, "results"):
        assert getattr(request, name) == getattr(default, name), name


@pytest.mark.parametrize("name", [name for name in odd_runs() if name != "hostile words"])
def test_every_run_has_a_command_that_is_understood(name: str, request_of: Caught) -> None:
    request = request_of(in_full(odd_runs()[name]))
    assert request.model == "vgg16-tiny"


def test_what_was_typed_is_what_is_told() -> None:
    command = ["netparity", "compare", "a photo.png", "--runner", "x[y=1]", "--json"]
    run = make_run([], settings={"command": command})
    assert shlex.split(typed(run) or "") == command
    assert typed(make_run([])) is None


# --- images and weights ---------------------------------------------------------------------


def run_of(images: list[str], command: Sequence[str] = (), source: str = "synthetic:0") -> Run:
    return make_run(
        records(["keras2-theano"]),
        images=[Image(file=name, sha256=SHA, mode="L", size=(1, 1)) for name in images],
        weights=Weights(kind="file", sha256=SHA, source=source),
        settings={"command": ["netparity", "compare", *command]},
    )


@pytest.mark.parametrize(
    ("images", "command", "named"),
    [
        (["sample.png"], [], []),
        (["sample.png"], ["sample.png"], ["sample.png"]),
        (["sample.png"], ["photos/sample.png"], ["photos/sample.png"]),
        (["sample.png", "a.png"], [], ["sample.png", "a.png"]),
        (["a.png"], ["--model", "vgg16", "../photos/a.png"], ["../photos/a.png"]),
        (["a.png", "a.png"], ["x/a.png", "y/a.png"], ["x/a.png", "y/a.png"]),
        (["a.png", "a.png"], ["x/a.png"], ["x/a.png", "x/a.png"]),
        (["-a.png"], [], ["-a.png"]),
        (["--json"], ["./--json"], ["--json"]),
    ],
)
def test_images_are_named_where_they_were(
    images: list[str], command: list[str], named: list[str], request_of: Caught
) -> None:
    request = request_of(in_full(run_of(images, command)))
    assert [str(path) for path in request.images] == named


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ([], "vgg16.h5"),
        (["--weights", "../w/vgg16.h5"], "../w/vgg16.h5"),
        (["--weights=/w/vgg16.h5"], "/w/vgg16.h5"),
    ],
)
def test_weights_are_named_where_they_were(command, named: str, request_of: Caught) -> None:
    assert request_of(in_full(run_of(["a.png"], command, "vgg16.h5"))).weights == named


NAMES = [word for word in WORDS if not set(word) & {"\0", "/"}]


@pytest.mark.parametrize("name", [*NAMES, "a 'b' \"c\".png", "$(reboot).png", "a;b.png", "*.png"])
def test_a_hostile_name_of_an_image_comes_back_unchanged(name: str, request_of: Caught) -> None:
    assert request_of(in_full(run_of([name]))).images == [Path(name)]


# --- runners --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "for_all"),
    [
        (["keras3-tensorflow", "keras2-theano", "matconvnet-octave"], {}),
        (["keras2-theano[keras=2.0.4,data_format=channels_first]"], {}),
        (["keras2-theano[label=mine]", "keras2-theano[label=a b]"], {}),
        (["keras2-theano[label=mine,data_format=channels_first,keras=2.0.4]"], {}),
        (["keras2-theano[data_format=channels_first,label=keras2-theano]"], {}),
        (["keras2-theano[label=x[y]]", "keras2-theano[label=]]", "keras2-theano[label=a=b]"], {}),
        (["keras2-theano", "keras3-tensorflow"], {"compile_cache": "cold"}),
        (["keras2-theano[keras=2.0.4,data_format=channels_first]"], {"compile_cache": "cold"}),
        (["keras2-theano[compile_cache=warm]", "keras2-theano"], {"compile_cache": "cold"}),
        (["keras2-theano[label=mine]", "keras2-theano"], {"compile_cache": "cold"}),
        (["keras2-theano[compile_cache=cold,label=mine]", "keras2-theano"], {}),
        (["matconvnet-octave"], {"matconvnet": "compat", "matconvnet_root": "/opt/mat conv"}),
        (["keras3-tensorflow", "matconvnet-octave"], {"per_layer": "yes"}),
        (["keras3-tensorflow[per_layer=yes]", "matconvnet-octave"], {}),
        (['keras2-theano[label="a, b"]', 'keras2-theano[label="]"]'], {}),
        (["external[command=./a.py]", 'external[command=b.py,arguments="x,y \\"z\\""]'], {}),
        (["external[command=/opt/a.py,format=network.json,label=mine]"], {}),
    ],
    ids=str,
)
def test_runners_come_back_with_their_labels_and_keys(texts, for_all, request_of: Caught) -> None:
    stored = records(texts, **for_all)
    request = request_of(in_full(make_run(stored)))
    assert made_of(request) == [(each.label, each.runner, each.options) for each in stored]


@settings(deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    label=st.none() | st.text(st.characters(exclude_categories=["C"], exclude_characters=",")),
    data=st.data(),
)
def test_any_runner_comes_back(kind: str, label: str | None, data: st.DataObject) -> None:
    options = {
        name: data.draw(st.sampled_from(option.choices))
        for name, option in KINDS[kind].options.items()
        if option.choices and data.draw(st.booleans())
    }
    keys = [f"{name}={value}" for name, value in options.items()]
    for_all = {
        name: value
        for name, value in options.items()
        # --per-layer says yes, and there is no option to say no.
        if name in FOR_ALL and value != "no" and data.draw(st.booleans())
    }
    said = [key for key in keys if key.partition("=")[0] not in for_all]
    said += [] if label is None else [f"label={label}"]
    try:
        stored = records([f"{kind}[{','.join(said)}]"], **for_all)
    except UsageError:  # an empty label, say
        return
    words = shlex.split(in_full(make_run(stored)))
    given_for_all = {
        word[2:].partition("=")[0].replace("-", "_"): word.partition("=")[2] or "yes"
        for word in words
        if word[2:].partition("=")[0].replace("-", "_") in FOR_ALL and word.startswith("--")
    }
    assert records([words[words.index("--runner") + 1]], **given_for_all) == stored


def test_a_runner_that_was_not_available_is_left_out_and_is_no_reference(request_of) -> None:
    absent = RunnerRecord(
        label="matconvnet-matlab", runner="matconvnet-matlab", status="unavailable"
    )
    run = make_run(
        [*records(["keras2-theano"]), absent], settings={"ratio_reference": "matconvnet-matlab"}
    )
    request = request_of(in_full(run))
    assert (list(request.runners), request.reference) == (["keras2-theano"], None)


@pytest.mark.parametrize("word", WORDS)
def test_a_hostile_label_is_one_word_of_the_shell(word: str) -> None:
    record = RunnerRecord(label=word, runner="keras2-theano", status="ok")
    words = shlex.split(in_full(make_run([record], settings={"ratio_reference": word})))
    [text] = [each for each in words if each.startswith("keras2-theano[")]
    [(_, key, value)] = split_keys(text.removeprefix("keras2-theano[").removesuffix("]"))
    assert (key, value) == ("label", word)
    assert f"--reference={word}" in words


@pytest.mark.parametrize(
    ("schedule", "reason", "asked"),
    [
        ("interleaved", None, "interleaved"),
        ("interleaved", "round 4: little memory", "interleaved"),
        ("sequential", "little memory", "interleaved"),
        ("sequential", "--schedule sequential", "sequential"),
        ("sequential", None, "sequential"),  # stored before there was a choice
    ],
)
def test_the_schedule_is_the_one_that_was_asked_for(
    request_of: Caught, schedule: str, reason: str | None, asked: str
) -> None:
    settings = {"schedule": schedule, "schedule_reason": reason, "repeats": None}
    request = request_of(in_full(make_run(records(["keras2-theano"]), settings=settings)))
    assert (request.schedule, request.repeats) == (asked, None)


def test_how_much_counts_as_the_same_is_kept(request_of: Caught) -> None:
    for changes, expected in ({"same_within": 0.02}, 0.02), ({}, Request().same_within):
        request = request_of(in_full(make_run(records(["keras2-theano"]), settings=changes)))
        assert request.same_within == expected
