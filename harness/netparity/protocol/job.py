"""job.json: from the harness to the extractor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from netparity.protocol.base import DataFormat, Frozen


class Architecture(Frozen):
    """The network, for tools that build it layer by layer."""

    blocks: list[list[int]]
    dense: list[int]
    classes: int
    input_size: list[int]


class WeightsFile(Frozen):
    """Weights in the tool's own format; `sha256` identifies the numbers, not the file."""

    file: str
    format: str
    sha256: str


class SharedInput(Frozen):
    """The tensor that every tool is given: float32, N x H x W x C."""

    file: str
    shape: list[int]
    channel_order: Literal["RGB"] = "RGB"
    mean_subtracted: Literal[True] = True


class FeatureRequest(Frozen):
    """One requested feature: netparity's name, the tool's layer and the expected shape."""

    name: str
    layer: str
    shape: list[int]


class Job(Frozen):
    """Everything that an extractor needs to know."""

    schema_version: Literal[1]
    runner: str
    label: str
    model: str
    architecture: Architecture
    weights: WeightsFile
    images: list[str]
    shared_input: SharedInput
    mean_rgb: list[float]
    features: list[FeatureRequest]
    data_format: DataFormat
    threads: int = Field(ge=1)
    warmup: int = Field(ge=0)
    repeats: int = Field(ge=1)
    options: dict[str, str]
    output_dir: str
