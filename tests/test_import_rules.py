"""Who may import whom (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "harness" / "netparity"
PYTHON = ROOT / "python"

# What each part may import of netparity. Helpers without knowledge of the job are for all.
FOUNDATION = {"errors", "watch", "cache", "paths", "resources", "logs"}
ALLOWED = {
    "errors": set(),
    "watch": set(),
    "cache": {"errors", "watch"},
    "paths": {"errors"},
    "resources": set(),
    "logs": set(),
    "limits": {"errors"},
    "launch": set(),
    "models": FOUNDATION,
    "protocol": FOUNDATION,
    "inputs": FOUNDATION | {"models"},
    "weights": FOUNDATION | {"models", "launch"},
    "outside": FOUNDATION | {"models"},
    "parity": FOUNDATION | {"models", "protocol"},
    "diagnosis": FOUNDATION | {"models", "protocol", "parity"},
    "timing": FOUNDATION | {"models", "protocol"},
    "store": FOUNDATION | {"protocol"},
    "report": FOUNDATION | {"models", "protocol", "store"},
    "environments": FOUNDATION | {"launch"},
    "debian": FOUNDATION | {"launch"},
    "runners": FOUNDATION | {"models", "protocol", "environments", "debian", "launch", "weights"},
    "acceptance": FOUNDATION | {"protocol", "launch", "store"},
    "execution": FOUNDATION
    | {"models", "protocol", "environments", "launch", "runners", "store", "weights", "acceptance"},
    "recording": FOUNDATION | {"protocol", "acceptance", "execution", "store"},
    "preprocessing": FOUNDATION | {"models", "protocol", "parity", "diagnosis", "inputs", "store"},
    "judging": FOUNDATION
    | {"models", "protocol", "parity", "recording", "store", "weights", "preprocessing"},
    "checking": FOUNDATION
    | {"models", "protocol", "parity", "diagnosis", "inputs", "outside", "weights", "planning"}
    | {"store"},
    "diagnosing": FOUNDATION
    | {"models", "protocol", "parity", "diagnosis", "weights", "store", "recording", "judging"}
    | {"checking", "report", "runners"},
    "across": FOUNDATION | {"protocol", "recording", "report", "store", "timing"},
    "doctor": FOUNDATION | {"environments", "debian", "runners"},
    "progress": {"watch"},
}
PURE = [
    *sorted((PACKAGE / "parity").glob("*.py")),
    *sorted((PACKAGE / "diagnosis").glob("*.py")),
    *[path for path in sorted((PACKAGE / "timing").glob("*.py")) if path.stem != "machine"],
    *[PACKAGE / "report" / f"{name}.py" for name in ("agreement", "cells", "ledger", "outcomes")],
    *[PACKAGE / "report" / f"{name}.py" for name in ("notes", "tables", "columns", "headline")],
    *[PACKAGE / "report" / f"{name}.py" for name in ("explanations", "methods", "reproduce")],
    *[PACKAGE / "report" / f"{name}.py" for name in ("several", "visible", "log_lines", "parts")],
    *[PACKAGE / "report" / f"{name}.py" for name in ("tex_text", "tex_table")],
]
DOING_IO = {"os", "pathlib", "subprocess", "shutil", "io", "socket", "tempfile", "h5py", "PIL"}
FRAMEWORKS = {"keras", "tensorflow", "theano", "torch", "jax", "matlab"}


def imports(path: Path) -> set[str]:
    """Every imported module, those inside functions too; those for types alone left out."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def parts(path: Path) -> set[str]:
    """Parts of netparity that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("netparity.")}


def files_of(part: str) -> list[Path]:
    single = PACKAGE / f"{part}.py"
    return [single] if single.exists() else sorted((PACKAGE / part).rglob("*.py"))


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_a_part_imports_only_what_it_may(part: str):
    files = files_of(part)
    assert files
    for path in files:
        assert parts(path) <= ALLOWED[part] | {part}, path.name


def test_every_part_has_a_rule():
    above = {
        "cli",
        "command",
        "weights_command",
        "replay_command",
        "replaying",
        "report_command",
        "presenting",
        "notebook",
        "transfer_command",
        "transfer",
        "api",
        "pipeline",
        "planning",
        "sweeping",
        "__init__",
    }
    present = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("_", "py."))}
    assert present - above == set(ALLOWED)


def test_the_command_line_holds_no_logic():
    below = {"environments", "errors", "pipeline", "doctor", "report", "runners", "progress"}
    below |= {
        "across",
        "checking",
        "diagnosing",
        "protocol",
        "replaying",
        "sweeping",
        "__version__",
    }
    below |= {"command", "weights_command", "replay_command", "transfer_command"}
    below |= {"report_command", "presenting"}
    assert parts(PACKAGE / "cli.py") <= below
    assert parts(PACKAGE / "command.py") <= below
    assert parts(PACKAGE / "replay_command.py") <= below
    assert parts(PACKAGE / "report_command.py") <= below | {"store"}
    assert parts(PACKAGE / "transfer_command.py") <= below | {"transfer"}
    assert parts(PACKAGE / "weights_command.py") <= below | {"models", "weights"}


@pytest.mark.parametrize("path", PURE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pure_parts_do_no_input_or_output(path: Path):
    assert not {name.split(".")[0] for name in imports(path)} & DOING_IO
    assert "open(" not in path.read_text()


def test_only_launch_starts_processes():
    for path in PACKAGE.rglob("*.py"):
        if path.name != "launch.py":
            assert not any(name.startswith("subprocess") for name in imports(path)), path
            assert "os.system" not in path.read_text(), path


def test_the_harness_imports_no_framework_and_no_extractor():
    extractors = {path.stem for path in PYTHON.glob("*.py")}
    for path in PACKAGE.rglob("*.py"):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & (FRAMEWORKS | extractors), path


def test_extractors_do_not_import_the_harness():
    for path in [*PYTHON.glob("*.py"), *(ROOT / "matlab").glob("*.py")]:
        assert not any(name.split(".")[0] == "netparity" for name in imports(path)), path


def test_nothing_shadows_a_framework():
    assert not (ROOT / "matlab" / "__init__.py").exists()
    names = {path.stem for folder in ("python", "matlab") for path in (ROOT / folder).glob("*.py")}
    assert not names & FRAMEWORKS
