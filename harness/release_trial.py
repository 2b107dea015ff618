"""A wheel or an sdist in an empty environment, outside the checkout, doing its main jobs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

Run = Callable[..., str]
"""Runs a command in a folder, with what exit codes are right; returns its standard output."""

MODEL = ("--model", "vgg16-tiny")
RUNNER = "onnxruntime"
NOTEBOOK = """\
import netparity
run = netparity.compare(model="vgg16-tiny", runners="onnxruntime", rounds=2, repeats=2)
assert [record.status for record in run.runners] == ["ok"], run
fc6 = run.feature("onnxruntime", "fc6")
assert netparity.check(fc6, model="vgg16-tiny", tensor=run.folder / "input/shared.npy").passed
run.plot("phases")
run.timings()"""
# A kernel of the same environment, whatever kernels the machine has.
EXECUTE = "from nbclient.cli import main; main()"


def trial(archive: Path, version: str, folder: Path, run: Run) -> Iterator[str]:
    """Install an archive and use it; yield a sentence for each step that is done.

    The experiments of 2017 take minutes, and are replayed from the wheel alone: the sdist makes the
    same wheel.

    Args:
        folder: an empty one outside the checkout.
        run: raises an error if a command fails.
    """
    environment = folder / "environment"
    run([sys.executable, "-m", "venv", environment])
    python, netparity = environment / "bin" / "python", environment / "bin" / "netparity"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    run([*uv, f"netparity[notebook] @ {archive.as_uri()}"])
    yield f"installed in an empty environment, {_size(environment)}"
    said = run([netparity, "--version"])
    if version not in said:
        raise ValueError(f"--version prints {said!r}; expected {version}")
    yield "--version"
    run([netparity, "doctor"])
    yield "doctor"
    few = ("--rounds", "2", "--repeats", "2", "--out", folder / "results")
    found = json.loads(run([netparity, "compare", *MODEL, "--runner", RUNNER, *few, "--json"]))
    results = folder / "results" / found["run_id"]
    if not (results / "report.html").is_file():
        raise ValueError(f"{results} holds no report.html")
    yield "compare"
    feature = results / found["runners"][0]["features"]["shared"]["fc6"]["file"]
    tensor = results / "input" / "shared.npy"
    said = run([netparity, "check", feature, *MODEL, "--input", tensor, "--feature", "fc6"])
    yield f"check: {said.splitlines()[0]}"
    if archive.suffix == ".whl":
        yield _replay(netparity, folder / "results", run)
    run([*uv, "nbclient", "ipykernel"])
    _write_notebook(folder / "trial.ipynb")
    run([python, "-c", EXECUTE, "--timeout=300", "trial.ipynb"])
    yield "a notebook"


def _replay(netparity: Path, results: Path, run: Run) -> str:
    """Replay the experiments; exit code 3 says that a tool of theirs is not available here."""
    once = ("--rounds", "1", "--repeats", "1", "--out", results)
    said = run([netparity, "replay", *MODEL, *once, "--json"], right=(0, 3))
    outcomes = json.loads(said)["outcomes"]
    wrong = [each["experiment"] for each in outcomes if each["as_documented"] is False]
    if wrong:
        raise ValueError(f"replay: not as documented: {', '.join(wrong)}")
    done = sum(each["as_documented"] is True for each in outcomes)
    left = len(outcomes) - done
    return f"replay: {done} experiments as documented, {left} not possible here"


def _write_notebook(path: Path) -> None:
    """A notebook of one cell, in the format of nbformat 4.5."""
    cell = {
        "cell_type": "code",
        "id": "trial",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": NOTEBOOK,
    }
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    path.write_text(json.dumps(document), encoding="utf-8")


def _size(folder: Path) -> str:
    total = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{total / 1e6:.0f} MB"


def plain_environment() -> dict[str, str]:
    """The environment without what would lead back to the checkout."""
    left_out = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in left_out}
