"""The public functions, for notebooks and other programs, and the classes that they return."""

from netparity.api.comparing import compare, compare_dataset
from netparity.api.experiments import compare_runs, run_sweep, run_transfer
from netparity.api.findings import Findings
from netparity.api.stored import diagnose, load_run
from netparity.capturing.seen import Seen, capture
from netparity.judge.check import Check, assert_parity, check
from netparity.judge.checked_feature import CheckedFeature
from netparity.judge.checks import Checks
from netparity.judge.diagnose import RunnerDiagnosis
from netparity.report.notebook import LoadedRun
from netparity.report.notebook_dataset import LoadedDataset

__all__ = [
    "Check",
    "CheckedFeature",
    "Checks",
    "Findings",
    "LoadedDataset",
    "LoadedRun",
    "RunnerDiagnosis",
    "Seen",
    "assert_parity",
    "capture",
    "check",
    "compare",
    "compare_dataset",
    "compare_runs",
    "diagnose",
    "load_run",
    "run_sweep",
    "run_transfer",
]


def __dir__() -> list[str]:
    return sorted(__all__)
