"""PyTorch's build for the CPU is installed wherever it is offered, and CUDA's libraries never."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netparity.errors import SetupError
from netparity.runners import Pytorch
from netparity.runners import environments as module
from netparity.runners.environments import Environments, Stack
from netparity.runners.torch_builds import uv_variables

STACK = Stack("torch-test", "3.11", torch=("torch==2.13.0", "torchvision==0.28.0"))
OF_THE_CPU = "Would install 2 packages\n + torch==2.13.0+cpu\n + torchvision==0.28.0\n"
OF_CUDA = "Would install 3 packages\n + nvidia-cublas==13.1\n + torch==2.13.0\n"


@pytest.fixture
def uv(monkeypatch, tmp_path: Path):
    """uv(plan, reachable): a stand-in that plans so; returns a function for its calls."""
    pins = tmp_path / "python" / "requirements" / f"{STACK.name}.txt"
    pins.parent.mkdir(parents=True)
    pins.write_text("numpy==2.4.6 --hash=sha256:00\n")
    monkeypatch.setattr(module, "extractor_folder", lambda name: tmp_path / name)

    def install(plan: str, reachable: bool = False):
        (tmp_path / "plan").write_text(plan)
        program = tmp_path / "uv"
        program.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> {tmp_path}/calls\n'
            'case "$*" in\n'
            '  venv*) for last; do :; done; mkdir -p "$last/bin"; : > "$last/bin/python";;\n'
            f"  *--torch-backend*) exit {0 if reachable else 2};;\n"
            f"  *--dry-run*) cat {tmp_path}/plan >&2;;\n"
            "esac\n"
        )
        program.chmod(0o755)
        monkeypatch.setattr("uv.find_uv_bin", lambda: str(program))
        return lambda: [
            line.partition("--compile-bytecode ")[2]
            for line in (tmp_path / "calls").read_text().splitlines()
            if line.startswith("pip")
        ]

    return install


def test_pytorch_s_own_index_is_asked_first_and_nothing_else_if_it_answers(uv) -> None:
    calls = uv(OF_CUDA, reachable=True)
    Environments().ensure(STACK)
    _, chosen = calls()
    assert chosen == "--no-deps --torch-backend cpu torch==2.13.0 torchvision==0.28.0"


def test_then_the_index_that_is_configured(uv) -> None:
    calls = uv(OF_THE_CPU)
    Environments().ensure(STACK)
    assert calls()[2:] == [
        "--dry-run torch==2.13.0 torchvision==0.28.0",
        "--no-deps torch==2.13.0 torchvision==0.28.0",
    ]


def test_a_build_for_cuda_is_refused_with_the_choice(uv) -> None:
    calls = uv(OF_CUDA)
    with pytest.raises(SetupError, match="for CUDA only, with 3 GB") as caught:
        Environments().ensure(STACK)
    assert "UV_FIND_LINKS" in caught.value.fix
    assert "--python torch-test=/path/to/python" in caught.value.fix
    assert not any(call.startswith("--no-deps torch") for call in calls())
    assert Environments().python(STACK) is None


def test_another_version_of_torch_makes_another_environment(uv) -> None:
    uv(OF_THE_CPU)
    first = Environments().ensure(STACK)
    other = Stack(STACK.name, STACK.python, torch=("torch==2.14.0",))
    assert Environments().ensure(other) != first


def test_pytorch_says_what_it_lacks(monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert Pytorch("pytorch").missing(Environments()) == []
    compiled = Pytorch("pytorch[compile=yes]", {"compile": "yes"})
    [missing] = compiled.missing(Environments())
    assert (missing.package, "C++ compiler" in missing.what) == ("g++", True)


def test_an_interpreter_without_pytorch_is_told_what_to_install() -> None:
    environments = Environments({"pytorch": Path(sys.executable)})
    found = Pytorch("pytorch").availability(environments)
    assert not found.available
    assert f"{sys.executable} has no module torch" in found.reason
    assert f"uv pip install --python {sys.executable}" in found.fix
    assert "torch==" in found.fix and "torchvision==" in found.fix


@pytest.mark.parametrize("given", [{}, {"UV_HTTP_RETRIES": "9"}])
def test_an_index_that_cannot_be_reached_costs_seconds(given) -> None:
    assert uv_variables(given)["UV_HTTP_RETRIES"] == given.get("UV_HTTP_RETRIES", "2")
