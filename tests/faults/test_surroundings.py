"""What the environment of a command has in store for it."""

from __future__ import annotations

import pytest

from netparity.runners import OnnxRuntime
from netparity.runners.environments import Environments
from tests.faults.table import Fault, Strike


@pytest.mark.parametrize("columns", ["0", "1", "00", "-3", "wide", ""])
def test_a_width_that_cannot_be_changes_nothing(strike: Strike, columns: str):
    strike(
        Fault(
            f"COLUMNS={columns}",
            lambda folder: None,
            "network show vgg16-tiny",
            exit_code=0,
            says=["conv1_1", "fc6", "prob"],
            environment={"COLUMNS": columns},
        )
    )


@pytest.mark.parametrize("name", ["PYTHONWARNINGS", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"])
def test_the_users_own_python_settings_do_not_reach_extractors(monkeypatch, tmp_path, name: str):
    monkeypatch.setenv(name, "error")
    runner = OnnxRuntime("onnxruntime")
    environments = Environments(overrides={"onnxruntime": tmp_path / "python"})
    command = runner.command(environments, tmp_path / "job.json", threads=1)
    assert name not in command.full_environment()
