"""Whatever an extractor does becomes part of the record: a reason, never an exception."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netparity.results.folder import RunFolder
from netparity.run import acceptance
from netparity.run.process import Outcome, Turn, execute
from netparity.runners.environments import Environments
from netparity.system.launch import NO_LIMITS, Command, Limits
from netparity.weights import resolve
from tests.support.fake_extractors import TINY, Fake, assignment, fake


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "results")


@pytest.fixture
def run(store: RunFolder):
    """run(code): what one process of such an extractor left."""
    weights = resolve("synthetic:0", TINY)

    def run_code(
        code: str,
        timeout_seconds: float = 20.0,
        images=("photo.png",),
        limits=NO_LIMITS,
    ) -> Outcome:
        told = assignment(store, weights, timeout_seconds, images, limits)
        turn = Turn(position=1, round=1, order=4)
        return execute(fake(code), told, store, Environments(), turn)

    return run_code


def reason(outcome: Outcome) -> str:
    assert outcome.record.status == "failed"
    assert outcome.features == {}
    assert outcome.record.reason is not None
    return outcome.record.reason


def test_a_failure_keeps_what_came_before_it(run) -> None:
    outcome = run(
        """
        answer(status="failed", error={"kind": "ValueError", "message": "no"},
               phases={"load": [0.5]}, features={}, code="the code")
        sys.exit(1)
        """
    )
    assert (outcome.record.status, outcome.record.reason) == ("failed", "ValueError: no")
    assert outcome.record.phases["load"] == [0.5]
    assert outcome.result is not None and outcome.result.code == "the code"


def test_a_good_extractor(run, store: RunFolder) -> None:
    outcome = run("answer()")
    record = outcome.record
    assert (record.status, record.reason) == ("ok", None)
    assert (record.round, record.order) == (1, 4)
    assert record.phases["load"] == [0.5]
    assert record.phases["predict"] == [0.1, 0.2]
    assert 0 < record.phases["startup"][0] <= record.wall_seconds
    assert record.peak_rss_bytes > 2**20
    assert record.log == "runners/01-a-label/round-1/log.txt"
    assert set(outcome.features) == {"shared", "native"}
    assert set(outcome.features["shared"]) == {"fc6", "fc7"}
    stored = outcome.features["native"].values()
    assert all((outcome.folder / Path(file.file).name).is_file() for file in stored)
    assert all(file.sha256 and file.shape == [1, 256] for file in stored)


def test_the_job_says_all_that_an_extractor_needs(run) -> None:
    job = json.loads((run("answer()").folder / "job.json").read_text())
    assert job["features"] == [
        {"name": "fc6", "layer": "fc1", "shape": [1, 256]},
        {"name": "fc7", "layer": "fc2", "shape": [1, 256]},
    ]
    assert job["shared_input"]["shape"] == [1, 64, 64, 3]
    assert job["architecture"]["blocks"][2] == [16, 16, 16]
    assert Path(job["images"][0]).is_absolute()
    assert (job["threads"], job["warmup"], job["repeats"]) == (2, 1, 2)


def test_the_tail_of_the_log_is_kept_with_a_failure(run, store: RunFolder) -> None:
    outcome = run("print('first'); [print(n) for n in range(100)]; sys.exit(7)")
    reason(outcome)
    assert outcome.record.log_tail == [str(n) for n in range(85, 100)]
    assert (store.path / outcome.record.log).read_text().startswith("first\n0\n")


def test_a_success_needs_no_tail(run) -> None:
    assert run("print('chatter'); answer()").record.log_tail == []


def test_the_tail_of_a_huge_log_is_short(run) -> None:
    record = run("print('x' * 10**6); print('last'); sys.exit(1)").record
    assert record.log_tail[-1] == "last"
    assert sum(map(len, record.log_tail)) <= 8192


def test_a_log_that_is_not_utf_8(run) -> None:
    assert run("os.write(1, b'\\xffend'); sys.exit(1)").record.log_tail == ["\ufffdend"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(3)", ["it left no result.json", "ended with exit status 3"]),
        ("pass", ["it left no result.json", "ended with exit status 0"]),
        ("os.kill(os.getpid(), signal.SIGKILL)", ["no result.json", "was ended by SIGKILL"]),
        (
            "answer(status='started'); os.kill(os.getpid(), signal.SIGSEGV)",
            ["was ended by SIGSEGV before it had finished"],
        ),
        ("answer(status='started')", ["ended with exit status 0 before it had finished"]),
        ("answer(); sys.exit(1)", ["it reported success, but", "exit status 1"]),
        ("answer(); os.kill(os.getpid(), signal.SIGABRT)", ["reported success, but", "SIGABRT"]),
        (
            "answer(status='failed', error={'kind': 'E', 'message': 'no layer'}); sys.exit(1)",
            ["E: no layer"],
        ),
        ("answer(status='failed'); sys.exit(1)", ["exit status 1 before it had finished"]),
    ],
)
def test_how_the_process_ended(run, code: str, words: list[str]) -> None:
    text = reason(run(code))
    assert all(word in text for word in words), text


@pytest.mark.parametrize(
    "code",
    [
        "write('rubbish')",
        "write('')",
        "write('[]')",
        "write('{}')",
        "write('null')",
        'write(\'{"status": "ok"\')',
        "write('[' * 100000)",
        "os.mkdir(os.path.join(out, 'result.json'))",
        "open(os.path.join(out, 'result.json'), 'wb').write(b'\\xff\\xfe')",
        "answer(status='fine')",
        "answer(schema_version=2)",
        "answer(surprise=1)",
        "answer(phases={'load': [-1.0]})",
        "answer(phases={'load': [float('nan')]})",
        "answer(phases={'load': 1.0})",
        "answer(features={'shared': {'fc6': {'file': '../job.json', 'shape': [1]}}})",
        "answer(features={'shared': {'fc6': {'file': 'a/b.npy', 'shape': [1]}}})",
        "answer(features={'elsewhere': {}})",
    ],
)
def test_a_result_that_is_not_the_protocols(run, code: str) -> None:
    assert "its result.json is not what the protocol asks for" in reason(run(code))


def test_a_huge_result(run, monkeypatch) -> None:
    monkeypatch.setattr(acceptance, "_MAX_RESULT_BYTES", 1000)
    assert "larger than 1,000 bytes" in reason(run("write(' ' * 1001)"))


def test_the_limit_of_a_result_is_megabytes() -> None:
    assert 2**20 <= acceptance._MAX_RESULT_BYTES <= 2**26


ARRAYS = [
    ("answer(); array('shared-fc6.npy', [1, 256], code='d')", "is float64, expected float32"),
    ("answer(); os.remove(os.path.join(out, 'native-fc7.npy'))", "cannot be read"),
    ("answer(); open(os.path.join(out, 'native-fc7.npy'), 'w').write('x')", "the file is a text"),
    ("answer(); os.truncate(os.path.join(out, 'native-fc7.npy'), 500)", "cannot be read"),
    ("answer(features={})", "feature fc6 of the shared input is missing"),
    ("r = answer(); del r['features']['native']; answer(**r)", "of the native input is missing"),
    ("r = answer(); del r['features']['native']['fc7']; answer(**r)", "feature fc7 of the native"),
]


@pytest.mark.parametrize(
    "code",
    [
        "answer(); array('shared-fc6.npy', [1, 255])",
        "answer(); array('shared-fc6.npy', [256])",
        "answer(); array('native-fc7.npy', [1, 256], float('nan'))",
        "answer(); array('native-fc7.npy', [1, 256], float('inf'))",
    ],
)
def test_what_features_hold_is_for_parity_to_judge(run, code: str) -> None:
    assert run(code).record.status == "ok"


@pytest.mark.parametrize(("code", "words"), ARRAYS)
def test_features_that_are_not_as_asked_for(run, code: str, words: str) -> None:
    assert words in reason(run(code))


@pytest.mark.parametrize(
    ("code", "kind", "name", "shape"),
    [
        ("array('shared-fc6.npy', [1, 255])", "shared", "fc6", [1, 255]),
        ("array('shared-fc6.npy', [256])", "shared", "fc6", [256]),
        ("array('native-fc7.npy', [1, 256], float('nan'))", "native", "fc7", [1, 256]),
        ("array('native-fc7.npy', [1, 256], float('inf'))", "native", "fc7", [1, 256]),
    ],
)
def test_what_a_feature_holds_is_for_parity_to_judge(run, code, kind, name, shape) -> None:
    outcome = run(f"answer(); {code}")
    assert (outcome.record.status, outcome.record.reason) == ("ok", None)
    assert outcome.features[kind][name].shape == shape


@pytest.mark.parametrize(
    "code",
    [
        "import zipfile; zipfile.ZipFile(os.path.join(out, 'shared-fc6.npy'), 'w').close()",
        "head(b'(1000000000000,)')",
        "head(b'(1' + b'0' * 25 + b',)')",
    ],
    ids=["archive", "terabytes", "overflow"],
)
def test_features_that_numpy_chokes_on(run, code: str) -> None:
    head = """
def head(shape):
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + b"}"
    text += b" " * (-(len(text) + 11) % 64) + b"\\n"
    with open(os.path.join(out, "shared-fc6.npy"), "wb") as file:
        file.write(b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(text)) + text)
"""
    reason(run(f"{head}\nanswer(); {code}"))


def test_a_hang_is_ended_at_the_timeout(run) -> None:
    outcome = run("print('working', flush=True); time.sleep(60)", timeout_seconds=2.0)
    assert "was stopped at its timeout" in reason(outcome)
    assert outcome.record.log_tail == ["working"]
    assert 2 <= outcome.record.wall_seconds < 60  # it did not sleep to its end


def test_a_failure_still_says_what_it_cost(run) -> None:
    record = run("sys.exit(1)").record
    assert record.peak_rss_bytes
    assert record.wall_seconds > 0
    assert record.phases == {}


def test_a_program_that_is_not_there(run, monkeypatch) -> None:
    monkeypatch.setattr(Fake, "command", lambda *rest: Command(["/no/such/program"]))
    outcome = run("")
    assert "/no/such/program cannot be started" in reason(outcome)
    assert outcome.record.peak_rss_bytes is None


@pytest.mark.parametrize("ready", ["0", "None"])
def test_a_clock_that_was_set_back_gives_no_startup(run, ready: str) -> None:
    outcome = run(f"answer(ready_unix_seconds={ready})")
    assert outcome.record.status == "ok"
    assert "startup" not in outcome.record.phases


@pytest.mark.parametrize(
    "ready",
    [
        pytest.param(
            "float('inf')",
        ),
        pytest.param(
            "time.time() + 1e6",
        ),
        "float('nan')",
    ],
)
def test_a_moment_that_cannot_be(run, ready: str) -> None:
    assert "startup" not in run(f"answer(ready_unix_seconds={ready})").record.phases


def test_a_result_without_timings(run) -> None:
    reason(run("answer(phases={})"))


def test_a_damaged_native_input_fails_the_row(run) -> None:
    code = """answer(native_input={"file": "native-input.npy", "shape": [1]})
open(os.path.join(out, "native-input.npy"), "w").write("x")"""
    assert "the native input" in reason(run(code))


def test_control_characters_of_a_log_do_not_reach_the_terminal(run) -> None:
    record = run("print('\\x1b[2Jgone'); sys.exit(1)").record
    assert record.log_tail == ["\ufffd[2Jgone"]


# --- processes whose timings do not count ---------------------------------------------------


def test_a_process_that_filled_a_cache_is_run_again(run, store: RunFolder) -> None:
    outcome = run("""
        marker = os.path.join(out, "cache")
        filled = os.path.exists(marker)
        open(marker, "w").close()
        if not filled:
            time.sleep(0.2)
        answer(flags={} if filled else {"again": "yes"}, phases={"load": [2.0 if filled else 9.0],
               "preprocess": [1], "predict_first": [1], "predict": [1]})
    """)
    assert outcome.record.status == "ok"
    assert outcome.record.phases["load"] == [2.0]
    assert outcome.record.wasted_seconds > 0.2


def test_it_is_run_again_once_only(run) -> None:
    outcome = run("""
        with open(os.path.join(out, "count"), "a") as count:
            count.write("x")
        answer(flags={"again": "yes"})
    """)
    assert outcome.record.status == "ok"
    assert (outcome.folder / "count").read_text() == "xx"


def test_the_second_process_may_fail(run) -> None:
    outcome = run("""
        marker = os.path.join(out, "cache")
        if os.path.exists(marker):
            os._exit(3)
        open(marker, "w").close()
        answer(flags={"again": "yes"})
    """)
    assert "exit status 3" in reason(outcome)
    assert outcome.record.wasted_seconds > 0


def test_a_scratch_folder_is_removed(run) -> None:
    outcome = run("""
        os.mkdir(os.path.join(out, "scratch"))
        open(os.path.join(out, "scratch", "compiled"), "w").close()
        answer()
    """)
    assert outcome.record.status == "ok"
    assert not (outcome.folder / "scratch").exists()


def test_a_failure_under_a_memory_limit_says_so(run) -> None:
    outcome = run("os._exit(1)", limits=Limits(memory_bytes=2**29))
    assert "its memory was limited to 0.5 GiB, --memory-limit" in reason(outcome)
