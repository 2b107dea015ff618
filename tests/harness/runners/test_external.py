"""`external[command=...]`: any program that speaks the protocol, with the page's own example."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from netparity.api import compare
from netparity.errors import UsageError
from netparity.runners import External, create_runners
from netparity.runners.environments import Environments
from netparity.runners.external import GRAPH
from netparity.weights.formats import BY_NAME
from tests.support.scripted_processes import no_report

ROOT = Path(__file__).parents[3]
EXAMPLE = re.compile(r"`my_extractor\.py`:\n\n```python\n(.*?)```", re.DOTALL)


def external(**keys: str) -> External:
    """A row with these keys, written as a user would."""
    [made] = create_runners(
        [f"external[{','.join(f'{k}={v}' for k, v in keys.items())}]"], [External]
    )
    assert isinstance(made, External)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 3\n")
    path.chmod(mode)
    return path


# --- the example of docs/protocol.md --------------------------------------------------------


def test_the_example_passes_at_every_node_and_other_programs_fail_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [text] = EXAMPLE.findall((ROOT / "docs" / "protocol.md").read_text())
    script = program(folder / "my, [extractor].py")
    script.write_text(text)
    no_report(monkeypatch)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    program(folder / "broken")
    run = compare(
        model="resnet-tiny",
        layers="all",
        rounds=1,
        repeats=1,
        runners=[
            f'external[command="./{script.name}",format=onnx]',
            "external[command=./broken]",
            "external[command=./absent]",
        ],
        results=folder / "results",
    )
    example, broken, absent = run.runners
    assert [each.label for each in run.runners] == [script.name, "broken", "absent"]
    assert (example.status, example.built) == ("ok", "the file")
    assert example.code == "onnx.reference"
    verdicts = {entry.verdict for entry in run.parity if entry.label == script.name}
    assert verdicts <= {"pass", "identical"} and verdicts
    assert {entry.feature for entry in run.parity} == set(run.settings.layers)
    assert (broken.status, absent.status) == ("failed", "unavailable")
    assert "ended with exit status 3" in (broken.reason or "")
    assert absent.reason == f"{folder / 'absent'} does not exist"


def test_the_example_has_about_thirty_lines() -> None:
    [text] = EXAMPLE.findall((ROOT / "docs" / "protocol.md").read_text())
    assert len([line for line in text.splitlines() if line.strip()]) <= 30


# --- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["tools/a.py", "./tools/a.py", "tools/../tools/a.py"])
def test_a_path_is_relative_to_the_working_folder(folder: Path, command: str) -> None:
    program(folder / "tools" / "a.py")
    made = external(command=command)
    assert made.label == "a.py"
    assert made.availability(Environments()).available
    assert Path(made.chosen["command"]).is_absolute()


def test_a_bare_name_is_looked_up_on_the_path(folder: Path, monkeypatch) -> None:
    found = program(folder / "bin" / "tool")
    monkeypatch.setenv("PATH", str(found.parent))
    assert external(command="tool").chosen["command"] == str(found)
    here = program(folder / "tool")
    assert external(command="tool").chosen["command"] == str(here)


@pytest.mark.parametrize(
    ("name", "reason", "fix"),
    [
        ("absent", "does not exist", "correct external[command=...]"),
        ("a folder", "is not a file", "correct external[command=...]"),
        ("plain", "is not executable", "chmod +x"),
    ],
)
def test_what_cannot_be_started_is_one_sentence(folder: Path, name: str, reason: str, fix) -> None:
    (folder / "a folder").mkdir()
    program(folder / "plain", mode=0o644)
    found = external(command=f"./{name}").availability(Environments())
    assert (found.available, found.can_set_up) == (False, False)
    assert found.reason == f"{folder / name} {reason}"
    assert found.fix.startswith(fix)


def test_the_arguments_come_before_the_job_and_no_shell_reads_them(folder: Path) -> None:
    program(folder / "a.py")
    made = external(command="./a.py", arguments="\"--mode 'x y' $HOME /opt/b.py\"")
    command = made.command(Environments(), Path("/jobs/job.json"), 3)
    assert command.arguments == [
        *(str(folder / "a.py"), "--mode", "x y", "$HOME", "/opt/b.py", "/jobs/job.json")
    ]
    assert made.label == "a.py --mode x y $HOME b.py"


def test_the_process_gets_the_threads_and_the_modules_behind_the_users_own(
    folder: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/my/modules")
    environment = external(command="./a.py").command(Environments(), Path("j"), 3).environment
    assert environment["OMP_NUM_THREADS"] == environment["OPENBLAS_NUM_THREADS"] == "3"
    assert environment["PYTHONPATH"] == f"/my/modules{os.pathsep}{ROOT / 'python'}"
    monkeypatch.delenv("PYTHONPATH")
    environment = external(command="./a.py").command(Environments(), Path("j"), 3).environment
    assert environment["PYTHONPATH"] == str(ROOT / "python")


@pytest.mark.parametrize(
    ("format_", "network_format", "weights_format"),
    [
        (None, "onnx", ""),
        ("keras", "keras", ""),
        (GRAPH, "safetensors", ""),
        *((name, "", name) for name in ("npz", "keras-h5")),
    ],
)
def test_the_format_decides_what_the_program_is_given(
    format_: str | None, network_format: str, weights_format: str
) -> None:
    made = external(command="a.py", **({"format": format_} if format_ else {}))
    assert (made.network_format, made.weights_format) == (network_format, weights_format)
    assert not weights_format or weights_format in BY_NAME


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("external", "lacks the key command: external[command=...]"),
        ("external[format=onnx]", "lacks the key command"),
        ("external[command=a.py,format=caffe]", "format='caffe' is not one of keras, matconvnet"),
        ("external[command=a.py,arguments='x]", "No closing quotation"),
        ("external[command=a\0b]", "a control character"),
        ("external[command=a.py,shell=yes]", "unknown key 'shell'"),
    ],
)
def test_a_wrong_key_is_a_usage_error(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        create_runners([text], [External])


def test_two_programs_have_two_labels_and_one_program_twice_has_to_be_named() -> None:
    create_runners(["external[command=a/x.py]", "external[command=b/y.py]"], [External])
    with pytest.raises(UsageError, match=r"two rows are called 'x\.py'; .*external\[label"):
        create_runners(["external[command=a/x.py]", "external[command=b/x.py]"], [External])
