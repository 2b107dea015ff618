"""A notebook in a real kernel: a comparison, its table, a check of arrays, a stored run, a plot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import netparity

if TYPE_CHECKING:
    from nbformat import NotebookNode

EXECUTE = "from nbclient.cli import main; main()"
"""The program `jupyter execute`, in a process of its own, as its sockets are never closed."""

CELLS = {
    "compare": """
        import netparity

        run = netparity.compare(model="vgg16-tiny", runners="onnxruntime", rounds=3, repeats=3)
        run
    """,
    "print": "print(run)",
    "load": """
        again = netparity.load_run(run.folder)
        again == run
    """,
    "check": """
        shared = run.folder / "input" / "shared.npy"
        fc6 = again.feature("onnxruntime", "fc6")
        print(netparity.check(fc6, model="vgg16-tiny", tensor=shared))
    """,
    "frame": "again.timings()",
    "plot": 'again.plot("phases")',
    "interface": "print(*dir(netparity))",
    "wrong": """
        try:
            netparity.check(fc6, model="vgg16-tiny", image=fc6)
        except netparity.errors.UsageError as error:
            print(error)
    """,
}


@pytest.fixture(scope="module")
def executed(
    onnxruntime_python: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, NotebookNode]:
    """By its name, each cell with its outputs, as a stored notebook holds them."""
    # Imported here: without them this fails, and is not skipped unseen.
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [new_code_cell(dedent(source).strip()) for source in CELLS.values()]
    folder = tmp_path_factory.mktemp("notebook")
    path = folder / "notebook.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    harness = str(Path(netparity.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, "--inplace", "--timeout=240", str(path)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": harness},
    )
    assert done.returncode == 0, done.stderr[-6000:]
    return dict(zip(CELLS, nbformat.read(path, as_version=4).cells, strict=True))


def data(cell: NotebookNode, kind: str) -> dict[str, str]:
    """The only output of a kind."""
    [found] = [output for output in cell.outputs if output.output_type == kind]
    shown: dict[str, Any] = found.data if "data" in found else {"text/plain": found.text}
    return dict(shown)


@pytest.mark.slow
def test_a_notebook_runs_in_a_real_kernel(executed: dict[str, NotebookNode]) -> None:
    outcome = data(executed["compare"], "execute_result")
    assert "<table>" in outcome["text/html"]
    assert "onnxruntime agrees with the float64 reference" in outcome["text/html"]
    printed = data(executed["print"], "stream")["text/plain"]
    assert printed == outcome["text/plain"] + "\n"
    assert re.search(r"^onnxruntime +pass ", printed, re.MULTILINE), printed
    assert data(executed["load"], "execute_result")["text/plain"] == "True"
    assert "fc6 of vgg16-tiny, synthetic:0: pass" in data(executed["check"], "stream")["text/plain"]
    assert "<table" in data(executed["frame"], "execute_result")["text/html"]
    assert "<svg" in data(executed["plot"], "execute_result")["image/svg+xml"]
    names = data(executed["interface"], "stream")["text/plain"].split()
    assert names == sorted(netparity.__all__)
    refused = data(executed["wrong"], "stream")["text/plain"]
    assert "expected the path of an image file" in refused


@pytest.mark.slow
def test_the_progress_leaves_one_empty_display(executed: dict[str, NotebookNode]) -> None:
    kinds = [output.output_type for output in executed["compare"].outputs]
    assert kinds == ["display_data", "execute_result"]
    assert data(executed["compare"], "display_data") == {"text/plain": "", "text/html": ""}
