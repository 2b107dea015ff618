"""An environment is made once, completely, and remade when its pins change."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from pathlib import Path

import pytest

from netparity.errors import SetupError, UsageError
from netparity.runners import environments as module
from netparity.runners.environments import Environments, Stack, parse_overrides
from tests.support.watches import Messages

STACK = Stack("keras-test", "3.11")


@pytest.fixture(autouse=True)
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pinned list of our own."""
    pins = tmp_path / "python" / "requirements" / f"{STACK.name}.txt"
    pins.parent.mkdir(parents=True)
    pins.write_text("keras==1.0 --hash=sha256:00\n")
    monkeypatch.setattr(module, "extractor_folder", lambda name: tmp_path / name)
    return pins


def fake_build(stack: Stack, folder: Path) -> None:
    """What uv leaves, without uv; a line in `builds` for every call."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    with (folder.parent / "builds").open("a") as file:
        file.write("x\n")
    time.sleep(0.2)
    (folder / "netparity-complete").write_text("made\n")


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, cache: Path):
    monkeypatch.setattr(module, "_build", fake_build)
    return lambda: (cache / "environments" / "builds").read_text().count("x")


def test_it_is_made_the_first_time_only(builds) -> None:
    assert Environments().python(STACK) is None
    python = Environments().ensure(STACK)
    assert Environments().ensure(STACK) == python == Environments().python(STACK)
    assert builds() == 1


def test_the_size_of_a_large_download_is_told_once_before_it_begins(builds) -> None:
    large = replace(STACK, download_megabytes=200, disk_megabytes=850)
    watch = Messages()
    for _ in range(2):
        Environments().ensure(large, watch)
    assert watch.text == "keras-test: downloads about 200 MB, 850 MB on disk\n"


@pytest.mark.parametrize("megabytes", [None, 100])
def test_a_small_download_is_not_told(builds, megabytes: int | None) -> None:
    watch = Messages()
    Environments().ensure(replace(STACK, download_megabytes=megabytes), watch)
    assert watch.text == ""


def test_changed_pins_make_another(builds, requirements: Path) -> None:
    first = Environments().ensure(STACK)
    requirements.write_text("keras==1.1 --hash=sha256:11\n")
    assert Environments().python(STACK) is None
    second = Environments().ensure(STACK)
    assert first != second
    assert first.exists()


def test_another_python_makes_another(builds) -> None:
    first = Environments().ensure(STACK)
    assert Environments().ensure(Stack(STACK.name, "3.12")) != first


@pytest.mark.parametrize("lost", ["netparity-complete", "bin/python"])
def test_a_half_built_one_is_made_again(builds, lost: str) -> None:
    python = Environments().ensure(STACK)
    folder = python.parent.parent
    (folder / lost).unlink()
    (folder / "rubble").touch()
    assert Environments().python(STACK) is None
    assert Environments().ensure(STACK) == python
    assert builds() == 2
    assert not (folder / "rubble").exists()


def test_one_whose_python_was_uninstalled_is_made_again(builds, tmp_path: Path) -> None:
    python = Environments().ensure(STACK)
    python.unlink()
    python.symlink_to(tmp_path / "removed-python")
    assert Environments().python(STACK) is None
    Environments().ensure(STACK)
    assert builds() == 2


def test_a_build_that_fails_is_tried_again(monkeypatch, builds) -> None:
    def failing(stack: Stack, folder: Path) -> None:
        folder.mkdir(parents=True)
        raise SetupError("no network", "try again")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_build", failing)
        with pytest.raises(SetupError):
            Environments().ensure(STACK)
    assert Environments().python(STACK) is None
    Environments().ensure(STACK)


def _ensure(answers) -> None:
    answers.put(str(Environments().ensure(STACK)))


def test_two_processes_at_once_make_one(builds) -> None:
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    processes = [context.Process(target=_ensure, args=(answers,)) for _ in range(3)]
    for process in processes:
        process.start()
    found = {answers.get(timeout=20) for _ in processes}
    for process in processes:
        process.join()
    assert len(found) == 1
    assert builds() == 1


# --- uv ---------------------------------------------------------------------------------------


def fake_uv(monkeypatch, tmp_path: Path, body: str) -> None:
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(program))


def test_uv_makes_an_environment_and_installs_hashed_pins(
    monkeypatch, tmp_path: Path, requirements: Path
) -> None:
    fake_uv(
        monkeypatch,
        tmp_path,
        f'echo "$@" >> {tmp_path}/calls\n'
        '[ "$1" = venv ] && for last; do :; done && mkdir -p "$last/bin" '
        '&& : > "$last/bin/python"\n'
        "exit 0",
    )
    python = Environments().ensure(STACK)
    venv, install = (tmp_path / "calls").read_text().splitlines()
    assert venv.startswith("venv ")
    assert "--python 3.11" in venv
    assert install.startswith("pip install ")
    assert f"--python {python}" in install
    assert "--require-hashes" in install
    assert f"--requirement {requirements}" in install


def test_a_failing_uv_is_told_with_its_words_the_log_and_the_fix(
    monkeypatch, tmp_path: Path, cache: Path
) -> None:
    fake_uv(monkeypatch, tmp_path, "echo 'error: no route to the index' >&2; exit 2")
    with pytest.raises(SetupError) as caught:
        Environments().ensure(STACK)
    message = str(caught.value)
    assert "keras-test" in message
    assert "ended with exit status 2" in message
    assert "error: no route to the index" in message
    [log] = (cache / "logs").glob("install-*.log")
    assert str(log) in message
    assert "netparity setup keras-test" in caught.value.fix
    assert "--python keras-test=" in caught.value.fix
    assert Environments().python(STACK) is None


def test_a_uv_that_cannot_be_started(monkeypatch) -> None:
    monkeypatch.setattr("uv.find_uv_bin", lambda: "/no/such/uv")
    with pytest.raises(SetupError, match="cannot be made"):
        Environments().ensure(STACK)


def test_a_uv_that_is_not_installed(monkeypatch) -> None:
    def missing() -> str:
        raise FileNotFoundError("uv")

    monkeypatch.setattr("uv.find_uv_bin", missing)
    with pytest.raises(SetupError):
        Environments().ensure(STACK)


def test_a_mirror_set_for_pip_is_used(monkeypatch, tmp_path: Path) -> None:
    fake_uv(monkeypatch, tmp_path, f'echo "$UV_DEFAULT_INDEX" > {tmp_path}/index; exit 1')
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    with pytest.raises(SetupError):
        Environments().ensure(STACK)
    assert (tmp_path / "index").read_text() == "https://mirror.example/simple\n"


# --- interpreters of the user's -------------------------------------------------------------


@pytest.fixture
def own_python(tmp_path: Path) -> Path:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return python


def test_an_override_is_used_and_nothing_is_made(own_python: Path, cache: Path) -> None:
    environments = Environments({STACK.name: own_python})
    assert environments.python(STACK) == environments.ensure(STACK) == own_python
    assert not (cache / "environments").exists()


@pytest.mark.parametrize("kind", ["missing", "folder", "not executable"])
def test_an_override_that_is_no_program(own_python: Path, kind: str) -> None:
    if kind == "not executable":
        own_python.chmod(0o644)
    path = {"missing": own_python / "none", "folder": own_python.parent}.get(kind, own_python)
    with pytest.raises(SetupError) as caught:
        Environments({STACK.name: path}).ensure(STACK)
    assert str(path) in str(caught.value)
    assert "requirements/keras-test.txt" in caught.value.fix


def install(python: Path, folder: str, metadata: str | None) -> None:
    info = python.parent.parent / "lib" / "python3.11" / "site-packages" / folder
    info.mkdir(parents=True)
    if metadata is not None:
        (info / "METADATA").write_text(metadata)


def test_versions_are_read_from_disk(own_python: Path) -> None:
    install(own_python, "Tensor_Flow-2.1.dist-info", "Name: Tensor_Flow\nVersion: 2.1\n")
    install(own_python, "keras-3.0.dist-info", "Name: keras\nVersion: 3.0\n")
    environments = Environments({STACK.name: own_python})
    assert environments.versions(STACK, "keras", "tensor-flow", "numpy") == {
        "keras": "3.0",
        "tensor-flow": "2.1",
    }


def test_versions_of_what_has_not_been_made_are_absent() -> None:
    assert Environments().versions(STACK, "keras") == {}


def test_a_broken_package_does_not_hide_the_others(own_python: Path) -> None:
    install(own_python, "broken-1.0.dist-info", None)
    install(own_python, "keras-3.0.dist-info", "Name: keras\nVersion: 3.0\n")
    environments = Environments({STACK.name: own_python})
    assert environments.versions(STACK, "keras") == {"keras": "3.0"}


def test_overrides_are_parsed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    pairs = ["a=/usr/bin/python3", "b=~/env/bin/python", "c=env/with=sign"]
    assert parse_overrides(pairs, ["a", "b", "c"]) == {
        "a": Path("/usr/bin/python3"),
        "b": Path("/home/somebody/env/bin/python"),
        "c": tmp_path / "env/with=sign",
    }


@pytest.mark.parametrize("pair", ["", "a", "a=", "=/usr/bin/python3", "z=/usr/bin/python3"])
def test_an_override_of_another_form_lists_the_runners(pair: str) -> None:
    with pytest.raises(UsageError, match=r"expected RUNNER=/path/to/python .*one of a, b"):
        parse_overrides([pair], ["a", "b"])
