"""What one process is told: its job."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from netparity.networks.catalogue.vgg import widths_of
from netparity.protocol import (
    Architecture,
    FeatureRequest,
    InputPreprocessing,
    Job,
    SharedInput,
    Turns,
    WeightsFile,
)
from netparity.run.assignment import Assignment
from netparity.runners import Runner


def make_job(
    runner: Runner,
    assignment: Assignment,
    folder: Path,
    turns: Path | None = None,
    repeats: int | None = None,
) -> Job:
    """What one process is told; its results go to `folder`.

    Args:
        turns: the folder at whose pipes it waits for its turns; None if it runs alone.
        repeats: instead of the assignment's.
    """
    network, count = assignment.model, len(assignment.tensor) or len(assignment.images)
    given = network.image.preprocessing
    graph = assignment.graph_for(runner)
    return Job(
        schema_version=1,
        runner=runner.name,
        label=runner.label,
        model=network.name,
        **_network_fields(runner, assignment),
        images=[str(path.absolute()) for path in assignment.images],
        shared_input=SharedInput(
            file=str(assignment.shared_input),
            shape=[count, *network.image.shape],
            channel_order=given.order if given is not None and graph is not None else "RGB",
        ),
        mean_rgb=list(network.mean_rgb),
        features=[
            FeatureRequest(
                name=layer.name,
                layer=assignment.name_for(runner, layer),
                shape=[count, *layer.output_shape],
            )
            for layer in assignment.layers
        ],
        data_format=runner.data_format,
        threads=assignment.threads,
        warmup=assignment.warmup,
        repeats=assignment.repeats if repeats is None else repeats,
        turns=None if turns is None else Turns(folder=str(turns)),
        options={**runner.chosen, **assignment.options},
        output_dir=str(folder),
    )


def _network_fields(runner: Runner, assignment: Assignment) -> dict[str, Any]:
    """The network and its weights: as a VGG architecture, or as a graph."""
    network = assignment.model
    graph = assignment.graph_for(runner)
    format_ = runner.weights_format if graph is None else graph.format_for(runner)
    files = assignment.weight_files if graph is None else graph.weight_files
    weights = WeightsFile(
        file=str(files[format_]), format=format_, sha256=assignment.weights.sha256
    )
    if graph is None:
        widths = widths_of(network)
        assert widths is not None, "only a VGG network is built by its architecture"
        architecture = Architecture(
            blocks=[list(block) for block in widths.blocks],
            dense=list(widths.dense),
            classes=widths.classes,
            input_size=list(network.input_size),
        )
        return {"architecture": architecture, "weights": weights}
    given = network.image.preprocessing
    preprocessing = None
    if given is not None:
        mean_image = None if graph.mean_image is None else str(graph.mean_image)
        preprocessing = InputPreprocessing(**{**asdict(given), "mean_image": mean_image})
    return {
        "architecture": None,
        "network": str(graph.file),
        "preprocessing": preprocessing,
        "weights": weights,
    }
