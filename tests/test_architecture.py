"""The structure of the package: its rooms (folders), who may import whom, and no circles.

`python tests/test_architecture.py` prints the rooms floor by floor.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "harness" / "netparity"
PYTHON = ROOT / "python"

LOOSE = {"__init__", "_version", "errors", "watch"}
MOST_FLOORS = 10

# From the ground up. A room may import the rooms named for it and the rooms in FOUNDATION.
FOUNDATION = {"_version", "errors", "watch"}
ALLOWED = {
    "protocol": set(),
    "system": set(),
    "networks": {"files", "protocol", "system"},
    "files": {"system"},
    "results": {"networks", "protocol", "system", "files"},
    "weights": {"networks", "files", "protocol", "system"},
    "features": {"networks", "files", "system"},
    "inputs": {"networks", "files", "system"},
    "timing": {"networks", "protocol"},
    "parity": {"networks", "protocol"},
    "diagnosis": {"networks", "protocol", "parity"},
    "runners": {"networks", "weights", "protocol", "system"},
    "report": {"networks", "weights", "timing", "results", "protocol", "system"},
    "judge": {
        *("networks", "weights", "features", "inputs", "timing", "parity", "diagnosis"),
        *("runners", "report", "results", "files", "protocol", "system"),
    },
    "run": {
        *("networks", "weights", "inputs", "timing", "parity"),
        *("runners", "judge", "results", "protocol", "system"),
    },
    "sweep": {"run", "judge", "report", "runners", "results", "inputs", "timing", "parity"}
    | {"protocol", "system"},
    "replay": {"run", "report", "runners", "results", "networks", "protocol", "system"},
    "transfer": {"run", "report", "runners", "results", "inputs", "timing", "weights", "networks"}
    | {"protocol", "system"},
    "dataset": {
        *("run", "judge", "diagnosis", "parity", "report", "runners", "results", "inputs"),
        *("timing", "weights", "networks", "protocol", "system"),
    },
    "capturing": {"judge", "diagnosis", "features", "inputs", "weights", "networks", "parity"},
    "api": {
        *("run", "sweep", "dataset", "transfer", "judge", "capturing"),
        *("report", "results", "runners", "system"),
    },
    "commands": {
        *("api", "run", "sweep", "dataset", "replay", "transfer", "judge", "report", "results"),
        *("runners", "inputs", "weights", "networks", "protocol", "system"),
    },
    "__init__": {"api"},
}
DOING_IO = {"os", "pathlib", "subprocess", "shutil", "socket", "tempfile", "h5py", "PIL"}
FRAMEWORKS = {"keras", "tensorflow", "theano", "torch", "jax", "matlab"}
WITH_IO = {
    # Of the pure rooms, what reads the machine or a template, or writes a picture.
    *("timing/machine", "report/html", "report/pictures", "report/saving", "report/notebook"),
    *("report/templates", "report/document", "report/frames", "report/fragment"),
    *("report/measurements_parquet", "report/__init__", "report/console", "report/across"),
    *("report/notebook_plot", "report/choosing", "report/notebook_dataset", "report/page_files"),
}
PURE_ROOMS = ("parity", "diagnosis", "timing", "report")


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name without `netparity.`."""
    return {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imported(path: Path) -> set[str]:
    """Every imported module or name, also those imported inside functions or for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_imports(path: Path) -> Iterator[str]:
    """The modules of netparity that a file imports."""
    for name in imported(path):
        if name.startswith("netparity."):
            found = name.removeprefix("netparity.")
            while found and found not in modules():
                found = found.rpartition(".")[0]
            yield found or "__init__"


@cache
def module_graph() -> dict[str, set[str]]:
    return {name: set(own_imports(path)) - {name} for name, path in modules().items()}


def room(module: str) -> str:
    return module.partition(".")[0]


@cache
def room_graph() -> dict[str, set[str]]:
    graph = defaultdict(set)
    for module, targets in module_graph().items():
        graph[room(module)] |= {room(target) for target in targets} - {room(module)}
    return dict(graph)


def floors(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """The length of the longest chain of imports below each room, itself included."""
    heights: dict[str, int] = {}
    for each in TopologicalSorter(graph).static_order():
        heights[each] = 1 + max((heights[below] for below in graph.get(each, ())), default=0)
    return heights


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def python_graph() -> dict[str, set[str]]:
    names = {path.stem for path in PYTHON.glob("*.py")}
    return {
        path.stem: {name.partition(".")[0] for name in imported(path)} & names
        for path in PYTHON.glob("*.py")
    }


def test_no_module_stands_loose_at_the_top():
    assert {path.stem for path in PACKAGE.glob("*.py")} <= LOOSE


def test_there_is_no_circle_of_imports():
    # A package's __init__ gathers its own modules, which may import each other beside it.
    graph = {
        module: {each for each in targets if not module.startswith(f"{each}.")}
        for module, targets in module_graph().items()
    }
    assert circle(graph) == []
    assert circle(room_graph()) == []
    assert circle(python_graph()) == []


def test_imports_run_on_few_floors():
    # The package's own list of names is the door of the house, not a floor.
    rooms = {name: below for name, below in room_graph().items() if name != "__init__"}
    assert max(floors(rooms).values()) <= MOST_FLOORS


def test_a_circle_would_be_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert floors({"a": {"b"}, "b": {"c"}}) == {"c": 1, "b": 2, "a": 3}


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_a_room_imports_only_what_it_may(part: str):
    for module, targets in module_graph().items():
        if room(module) == part:
            rooms = {room(target) for target in targets}
            assert rooms <= ALLOWED[part] | FOUNDATION | {part}, module


def test_every_room_has_a_rule():
    assert {room(module) for module in modules()} - FOUNDATION == set(ALLOWED)


def test_rules_run_down_only():
    assert circle(ALLOWED) == []


def test_comparing_stored_runs_imports_nothing_that_starts_processes():
    reached, waiting = set(), ["report.across"]
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting += module_graph()[module] - reached
    assert not reached & {"system.launch", "run.process", "runners.environments"}


def pure_files() -> list[Path]:
    files = [path for name in PURE_ROOMS for path in (PACKAGE / name).rglob("*.py")]
    files += [PACKAGE / room_name / "tables.py" for room_name in ("sweep", "replay", "transfer")]
    named = {path: path.relative_to(PACKAGE).with_suffix("").as_posix() for path in files}
    return sorted(
        path
        for path, name in named.items()
        if name not in WITH_IO and not name.startswith("report/plots/")
    )


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pure_parts_do_no_input_or_output(path: Path):
    assert not {name.split(".")[0] for name in imported(path)} & DOING_IO
    assert "open(" not in path.read_text()


def test_only_launch_and_its_watcher_start_processes():
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).as_posix() not in ("system/launch.py", "system/watcher.py"):
            assert not any(name.startswith("subprocess") for name in imported(path)), path
            assert "os.system" not in path.read_text(), path


def test_the_harness_imports_no_framework_and_no_extractor():
    extractors = {path.stem for path in PYTHON.glob("*.py")}
    for path in PACKAGE.rglob("*.py"):
        tops = {name.split(".")[0] for name in imported(path)}
        assert not tops & (FRAMEWORKS | extractors), path


def test_extractors_do_not_import_the_harness():
    for path in [*PYTHON.glob("*.py"), *(ROOT / "matlab").glob("*.py")]:
        assert not any(name.split(".")[0] == "netparity" for name in imported(path)), path


def test_nothing_shadows_a_framework():
    assert not (ROOT / "matlab" / "__init__.py").exists()
    names = {path.stem for folder in ("python", "matlab") for path in (ROOT / folder).glob("*.py")}
    # Keras 2 imports the last two; python/ comes before what is installed.
    assert not names & (FRAMEWORKS | {"keras_applications", "keras_preprocessing"})


def main() -> None:
    """Print the rooms floor by floor, and what would break the rules."""
    heights = floors(room_graph())
    for floor in sorted(set(heights.values()), reverse=True):
        print(f"{floor:3}  {', '.join(sorted(each for each in heights if heights[each] == floor))}")
    loose = sorted({path.stem for path in PACKAGE.glob("*.py")} - LOOSE)
    print(f"loose modules: {', '.join(loose) or 'none'}")


if __name__ == "__main__":
    main()
