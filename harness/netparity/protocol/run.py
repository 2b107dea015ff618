"""run.json: what is stored and published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, computed_field

from netparity.protocol.base import Frozen
from netparity.protocol.parity import NoiseFloor, ParityEntry, Preprocessing
from netparity.protocol.records import FeatureFile, RunnerRecord
from netparity.protocol.settings import Image, Machine, Settings, Weights
from netparity.protocol.timing import (
    HardwareLimit,
    LayerTiming,
    TimingCheck,
    TimingEntry,
    WallClock,
)


class Run(Frozen):
    """One invocation of `netparity compare`, as stored in `run.json`.

    `network` is the file with the graph, relative to the run's folder; None for a network that the
    catalogue has under the name `model`. `timing_check` is the last one of this machine, if
    there was one before the run. `measured_beside` says that another comparison was measuring on
    the same machine meanwhile. `nodes` are the machines of a cluster on which rounds were run.
    """

    schema_version: Literal[1, 2, 3]
    netparity_version: str
    run_id: str
    started: str
    finished: str | None = None
    interrupted: bool = False
    model: str
    network: str | None = None
    weights: Weights
    images: list[Image] = Field(min_length=1)
    machine: Machine
    nodes: dict[str, Machine] = {}
    settings: Settings
    reference_features: dict[str, FeatureFile] = {}
    noise_floors: list[NoiseFloor] = []
    runners: list[RunnerRecord]
    parity: list[ParityEntry] = []
    preprocessing: list[Preprocessing] = []
    timing: list[TimingEntry] = []
    warnings: list[str] = []
    cautions: list[str] = []
    limit: HardwareLimit | None = None
    layer_timing: list[LayerTiming] = []
    wall: WallClock | None = None
    timing_check: TimingCheck | None = None
    measured_beside: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def image(self) -> Image:
        """The first image; most runs have only one."""
        return self.images[0]

    def with_runner(self, label: str, changes: Mapping[str, Any]) -> Run:
        """A copy of the run with the record of one runner changed."""
        runners = [
            record.model_copy(update=changes) if record.label == label else record
            for record in self.runners
        ]
        return self.model_copy(update={"runners": runners})
