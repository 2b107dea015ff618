"""What crosses the process boundary and what is stored: Job, RunResult and Run.

The formats are implemented three times (here, in `python/job_files.py` and in `matlab/support/`);
the files in `tests/golden/` keep the implementations in step.

Schema history, job.json and result.json:

1.  first version

Schema history, run.json:

1.  first version
2.  noise floors, local errors, all metrics, `identical` and `reduced-precision`, preprocessing;
    native features are judged on the runner's own input tensor (version 1 judged them on the
    shared one); version 1 can still be read
3.  intervals, tests and verdicts for timings, with medians per process; clocks, calibration,
    limits; versions 1 and 2 can still be read;
    later keys, absent before: usage, blocks, settings.schedule; settings.repeats may be null
"""

from __future__ import annotations

from typing import Any

from netparity.protocol.base import (
    INPUTS,
    PHASES,
    SCHEMA_VERSION,
    DataFormat,
    InputKind,
)
from netparity.protocol.job import (
    Architecture,
    FeatureRequest,
    InputPreprocessing,
    Job,
    SharedInput,
    Turns,
    WeightsFile,
)
from netparity.protocol.parity import (
    Arithmetic,
    FloorEntry,
    LocalError,
    Metrics,
    NoiseFloor,
    ParityEntry,
    Preprocessing,
    PreprocessingFeature,
    Verdict,
)
from netparity.protocol.records import Calibration, FeatureFile, Round, RunnerRecord
from netparity.protocol.result import (
    ArrayFile,
    Clock,
    ExtractorError,
    RunResult,
    Threads,
)
from netparity.protocol.run import Run
from netparity.protocol.settings import Image, Machine, Settings, Weights
from netparity.protocol.timing import (
    HardwareLimit,
    LayerTiming,
    TimingCheck,
    TimingEntry,
    TimingVerdict,
    WallClock,
)
from netparity.protocol.usage import Block, Usage

__all__ = [
    "INPUTS",
    "PHASES",
    "SCHEMA_VERSION",
    "Architecture",
    "Arithmetic",
    "ArrayFile",
    "Block",
    "Calibration",
    "Clock",
    "DataFormat",
    "ExtractorError",
    "FeatureFile",
    "FeatureRequest",
    "FloorEntry",
    "HardwareLimit",
    "Image",
    "InputKind",
    "InputPreprocessing",
    "Job",
    "LayerTiming",
    "LocalError",
    "Machine",
    "Metrics",
    "NoiseFloor",
    "ParityEntry",
    "Preprocessing",
    "PreprocessingFeature",
    "Round",
    "Run",
    "RunResult",
    "RunnerRecord",
    "Settings",
    "SharedInput",
    "Threads",
    "TimingCheck",
    "TimingEntry",
    "TimingVerdict",
    "Turns",
    "Usage",
    "Verdict",
    "WallClock",
    "Weights",
    "WeightsFile",
    "json_schemas",
]


def json_schemas() -> dict[str, Any]:
    """JSON Schema (2020-12) of every format that another program may read or write."""
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        for name, schema in (
            ("job.json", Job.model_json_schema()),
            ("result.json", RunResult.model_json_schema()),
            ("run.json", Run.model_json_schema(mode="serialization")),
        )
    }
