"""An environment in which something is missing is not ready, and setup makes it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.runners import OnnxRuntime, doctor
from netparity.runners.damage import damage
from netparity.runners.environments import MARKER, Environments
from tests.support.watches import Messages

PINS = """\
h5py==3.16.0 \\
    --hash=sha256:00
Some_Tool==1.0
only-here==2.0 ; python_full_version < '3.12'
"""


def install(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """What pip leaves of a package."""
    site = folder / "lib" / "python3.11" / "site-packages"
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    rows = [f'"{path}",sha256=x,{len(text)}' for path, text in files.items()]
    extra = [
        "../../../bin/tool.py,sha256=x,9",
        f"{info.name}/RECORD,,",
        "page.html,sha256=x,3",
    ]
    (info / "RECORD").write_text("\n".join([*rows, *extra]) + "\n")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / "environment"
    install(folder, "h5py", "3.16.0", {"h5py/__init__.py": "x", "h5py/core.so": "x"})
    install(folder, "some.tool", "1.0", {"tool/__init__.py": "", "tool/a,b.py": "x = 1"})
    return folder


@pytest.fixture
def pins(tmp_path: Path) -> list[Path]:
    path = tmp_path / "pins.txt"
    path.write_text(PINS)
    return [path]


def test_a_whole_environment_lacks_nothing(environment: Path, pins: list[Path]):
    assert damage(environment, pins) is None


def test_a_package_that_is_missing_is_named(environment: Path, pins: list[Path]):
    info = environment / "lib/python3.11/site-packages/h5py-3.16.0.dist-info"
    info.rename(info.with_name("gone"))
    assert damage(environment, pins) == "lacks the package h5py"


@pytest.mark.parametrize("name", ["h5py/__init__.py", "h5py/core.so", "tool/a,b.py"])
@pytest.mark.parametrize("break_", [Path.unlink, lambda path: path.write_text("")])
def test_a_file_that_is_missing_or_empty_is_named(environment, pins, name: str, break_):
    break_(environment / "lib/python3.11/site-packages" / name)
    package = "h5py" if name.startswith("h5py") else "some-tool"
    assert damage(environment, pins) == f"is damaged: {package} lacks {name}"


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch, pins: list[Path]) -> Path:
    """The environment of ONNX Runtime, without a module of its own."""
    runner = OnnxRuntime("onnxruntime")
    monkeypatch.setattr(type(runner.stack), "requirements", property(lambda self: pins))
    folder = Environments().folder(runner.stack)
    install(folder, "h5py", "3.16.0", {"h5py/__init__.py": "x"})
    install(folder, "some.tool", "1.0", {"tool/__init__.py": "x"})
    (folder / "bin").mkdir()
    (folder / "bin" / "python").touch()
    (folder / MARKER).touch()
    assert OnnxRuntime("onnxruntime").availability(Environments()).available
    (folder / "lib/python3.11/site-packages/tool/__init__.py").unlink()
    return folder


def test_doctor_says_what_is_missing_and_how_to_mend_it(damaged: Path, monkeypatch):
    monkeypatch.setattr(doctor, "known_runners", lambda: [OnnxRuntime])
    [found] = doctor.examine(Environments())
    assert found.state == "can be set up"
    assert found.availability.reason == (
        "its environment is damaged: some-tool lacks tool/__init__.py"
    )
    assert found.availability.fix == "netparity setup onnxruntime"


def test_setup_says_so_and_makes_it_again(damaged: Path, monkeypatch: pytest.MonkeyPatch):
    from netparity.runners import environments

    def build(stack, folder: Path) -> None:
        assert not folder.exists()
        install(folder, "h5py", "3.16.0", {"h5py/__init__.py": "x"})
        install(folder, "some.tool", "1.0", {"tool/__init__.py": "x"})
        (folder / "bin").mkdir()
        (folder / "bin" / "python").touch()
        (folder / MARKER).touch()

    monkeypatch.setattr(environments, "_build", build)
    watch = Messages()
    [row] = doctor.set_up(["onnxruntime"], Environments(), watch)
    assert row.problem == ""
    assert watch.warnings == [
        "onnxruntime: its environment is damaged: some-tool lacks tool/__init__.py; "
        "it is made again"
    ]
