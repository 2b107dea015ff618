"""job.json: from the harness to the extractor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

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
    """The tensor that every tool is given: float32, N x H x W x C.

    Without `network`, its channels are RGB. With one, they are in the network's own order and
    nothing is converted.
    """

    file: str
    shape: list[int]
    channel_order: Literal["RGB", "BGR", "grey"] = "RGB"
    mean_subtracted: Literal[True] = True


class InputPreprocessing(Frozen):
    """From an image to the network's input, as `networks.graph.Preprocessing` describes it.

    `mean_image` is the path of a .npy file (height x width x channels), or the name of a tensor in
    a weights file of format `safetensors`.
    """

    order: Literal["RGB", "BGR", "grey"] = "RGB"
    mean: list[float] = [0.0]
    deviation: list[float] = [1.0]
    scale: float = 1.0
    mean_image: str | None = None
    resize: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    keep_aspect: bool = False
    filter: Literal["nearest", "bilinear", "bicubic", "area"] = "bicubic"


class FeatureRequest(Frozen):
    """One requested feature: netparity's name, the tool's layer and the expected shape."""

    name: str
    layer: str
    shape: list[int]


class Turns(Frozen):
    """Where an extractor waits for its turns: the folder has the named pipes `ready` and `go`."""

    folder: str


class Job(Frozen):
    """Everything that an extractor needs to know.

    Attributes:
        architecture: of a VGG network; None if `network` is given.
        network: absolute path of a network.json (`networks.document`); None for a VGG network that
            the tool builds from `architecture`.
        preprocessing: of the native input; None for the tool's own preprocessing of VGG networks.
        turns: where to wait between blocks of predictions; None to make `repeats` values at once.
    """

    schema_version: Literal[1]
    runner: str
    label: str
    model: str
    architecture: Architecture | None
    network: str | None = None
    preprocessing: InputPreprocessing | None = None
    weights: WeightsFile
    images: list[str]
    shared_input: SharedInput
    mean_rgb: list[float]
    features: list[FeatureRequest]
    data_format: DataFormat
    threads: int = Field(ge=1)
    warmup: int = Field(ge=0)
    repeats: int = Field(ge=1)
    turns: Turns | None = None
    options: dict[str, str]
    output_dir: str

    @model_validator(mode="after")
    def _states_a_network(self) -> Job:
        if self.architecture is None and self.network is None:
            raise ValueError("architecture and network are both null; one of them is needed")
        return self
