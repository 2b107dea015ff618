"""`diagnose` on a stored run: reduced precision needs no search; what is found goes on the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from netparity.judge import diagnose as diagnosing
from netparity.judge.run import judge_run
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import How
from netparity.protocol import Run, Weights
from netparity.results.diagnosis import stored_diagnoses
from netparity.watch import SILENT
from netparity.weights import resolve
from tests.support.cases import numpy_runner
from tests.support.stored_runs import SHARED, TINY_WEIGHTS, StoredRun


def begun(folder: Path, how: How, mistakes: dict[str, list[str]], runner: str) -> StoredRun:
    """A stored and judged run of one runner, whose `fc6` alone was exported."""
    made = StoredRun.begin(folder)
    fc6 = numpy_runner(VGG16_TINY, TINY_WEIGHTS, SHARED, how, mistakes)["fc6"]
    made.add("tool", fc6=fc6)
    [record] = made.runners
    features = {"shared": {"fc6": record.features["shared"]["fc6"]}}
    made.runners = [
        record.model_copy(update={"features": features, "runner": runner, "native_input": None})
    ]
    weights = resolve("synthetic:0", VGG16_TINY)
    run: Run = made.run(settings={"layers": ["fc6"]}).model_copy(
        update={"weights": Weights(kind="synthetic", source="synthetic:0", sha256=weights.sha256)}
    )
    judged = judge_run(run, made.store, weights.tensors(), SILENT)
    made.store.write_run(run.model_copy(update={"parity": judged.parity}))
    return made


def test_reduced_precision_says_which_and_how_to_turn_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosing, "Search", lambda *given, **named: pytest.fail("searched"))
    made = begun(tmp_path, How(operands="tf32", partial_sums=48), {}, "pytorch")
    [found], _ = diagnosing.diagnose_folder(made.store.path, [], None, [], SILENT)
    assert found.diagnosis is not None and found.diagnosis.findings == []
    text = "\n".join(found.lines)
    assert "fc6: its error is that of TF32" in text
    assert "  to compute in float32: torch.backends.cudnn.allow_tf32 = False" in text
    assert "no layer is faulty" not in text


def test_a_tool_of_the_users_own_is_told_every_setting(tmp_path: Path) -> None:
    made = begun(tmp_path, How(operands="tf32", partial_sums=48), {}, "mine")
    [found], _ = diagnosing.diagnose_folder(made.store.path, [], None, [], SILENT)
    assert sum("to compute in float32, " in line for line in found.lines) > 3


def test_what_is_found_is_stored_for_the_page(tmp_path: Path) -> None:
    made = begun(tmp_path, How(partial_sums=48), {"fc6": ["bias-missing"]}, "pytorch")
    page = made.store.path / "table.md"
    page.write_text("old")
    [found], store = diagnosing.diagnose_folder(made.store.path, [], None, [], SILENT)
    assert [cause.mistake for cause in found.diagnosis.causes] == ["bias-missing"]
    [kept] = stored_diagnoses(store)
    assert (kept.label, kept.lines) == ("tool", found.lines)
    assert "## Diagnosis of tool" in page.read_text()
    [entry] = json.loads((store.path / "diagnosis.json").read_text())
    [finding] = entry["diagnosis"]["findings"]
    assert finding["explanation"]["times_floor"] < 8
    assert finding["tried"] > 0 and np.isfinite(finding["before"])
    assert not (store.path / "report.html").exists()  # it is made anew, not begun
