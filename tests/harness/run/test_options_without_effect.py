"""An option that a runner does not honour is named; nothing is ignored in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.run import choosing
from netparity.run.planning import make_plan
from netparity.run.request import Request
from netparity.runners import RUNNERS, Runner, create_runners, known_runners
from netparity.runners.matconvnet_octave import MatconvnetOctave
from netparity.transfer import settings
from netparity.transfer.request import Request as TransferRequest
from tests.support.watches import Messages


class OwnThreads(MatconvnetOctave):
    """A tool that chooses its threads itself."""

    name = "own-threads"
    ignores_threads = "the tool takes every processor"


KINDS = (*RUNNERS, OwnThreads)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (choosing, settings):
        monkeypatch.setattr(module, "known_runners", lambda: (*known_runners(), OwnThreads))


def warnings(runners: list[str], **changes) -> tuple[str, ...]:
    watch = Messages()
    plan = make_plan(Request(model="vgg16-tiny", runners=runners, **changes), watch)
    assert plan.warnings == tuple(watch.warnings)
    return plan.warnings


def test_the_number_of_threads() -> None:
    texts = ["own-threads[label=a]", "matconvnet-octave"]
    assert warnings(texts, threads=3) == (
        "--threads 3 has no effect on a: the tool takes every processor",
    )
    assert warnings(texts) == ()


def test_times_of_layers() -> None:
    texts = ["external[command=./a.py]", "external[command=./b.py]", "matconvnet-octave"]
    assert warnings(texts, per_layer=True) == (
        "--per-layer has no effect on a.py, b.py: layers cannot be timed there",
    )
    assert warnings(texts) == ()


@pytest.mark.parametrize(
    ("option", "changes", "runner"),
    [
        ("--compile-cache", {"compile_cache": "cold"}, "keras2-theano"),
        ("--matconvnet", {"matconvnet": "compat"}, "matconvnet-octave"),
        ("--matconvnet-root", {"matconvnet_root": Path("/opt")}, "matconvnet-octave"),
    ],
)
def test_what_belongs_to_some_runners_is_named_if_none_of_them_is_there(
    option: str, changes: dict, runner: str
) -> None:
    assert warnings(["keras3-tensorflow"], **changes) == (
        f"{option} has no effect: no runner of this comparison has it",
    )
    assert warnings(["keras3-tensorflow", runner], **changes) == ()


def test_a_transfer_says_it_too(tmp_path: Path) -> None:
    watch = Messages()
    request = TransferRequest(model="vgg16-tiny", runners=["own-threads"], threads=2)
    settings.check_request(request, watch)
    assert watch.warnings == [
        "--threads 2 has no effect on own-threads: the tool takes every processor"
    ]


@pytest.mark.parametrize("kind", RUNNERS, ids=lambda kind: kind.name)
def test_every_runner_has_the_keys_that_the_command_gives_to_all(kind: type[Runner]) -> None:
    [made] = create_runners([kind.name], RUNNERS, {"per_layer": "yes", "compile_cache": "cold"})
    assert set(made.chosen) == {"per_layer", "compile_cache"} & set(kind.options)
