"""netparity replay: the experiments of a post of 2017, as published and by this project's method.

First once and cold, as in the post: a fresh process and an empty compile cache for each, every
time taken once (https://kaushiksk.github.io/2017/06/14/on-keras-theano-and-tensorflow, and Keras
issue 6989). Then warm and repeated: the same tools in rounds, with intervals. Each experiment
states its expected outcome, including the failure that the post could not explain; docs/2017.md
explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netparity.networks import Network, network_called
from netparity.protocol import Run, RunnerRecord
from netparity.replay.tables import FILES, PHASES_SHOWN, Figure, Outcome, PostForm, Replay, Row
from netparity.results.folder import RunFolder, new_name
from netparity.results.outcomes import parity_passed, title
from netparity.run.compare import compare
from netparity.run.request import Request
from netparity.runners import MatconvnetMatlab, Runner
from netparity.watch import SILENT, Watch

FEATURE = "fc6"
"""The layer whose features the post extracted; Keras calls it fc1."""


@dataclass(frozen=True)
class Experiment:
    """One experiment of the post, or one that avoids its failure.

    Attributes:
        runner: in the syntax of `--runner`.
        posted: the post's printed output; None if it printed nothing.
        fails: whether prediction is known to fail, with the error shown in the post.
        repeated: whether it is also timed by this project's method.
    """

    name: str
    runner: str
    posted: PostForm | None = None
    fails: bool = False
    repeated: bool = True


EXPERIMENTS = (
    Experiment(
        "Keras/TensorFlow",
        "keras3-tensorflow",
        {
            "image_data_format": "channels_last",
            "predict time": 1.0201201179997952,
            "preprocessing time": 0.012538709999716957,
            "load time": 2.1383959619997768,
            "image_dim_ordering": "tf",
        },
    ),
    Experiment(
        "Keras/Theano",
        "keras2-theano[keras=2.0.4]",
        {
            "image_data_format": "channels_last",
            "predict time": 3.185495815000195,
            "preprocessing time": 0.016582568000103493,
            "load time": 8.029607248000048,
            "image_dim_ordering": "tf",
        },
    ),
    Experiment(
        "Keras/Theano, two settings",
        "keras2-theano[keras=2.0.4,data_format=channels_first]",
        fails=True,
        repeated=False,
    ),
    Experiment(
        "… in Keras 2.0.2",
        "keras2-theano[keras=2.0.2,data_format=channels_first]",
        fails=True,
        repeated=False,
    ),
    Experiment(
        "… in Keras 2.0.5",
        "keras2-theano[keras=2.0.5,data_format=channels_first]",
    ),
    Experiment(
        "… from a stamped file",
        "keras2-theano[keras=2.0.4,data_format=channels_first,stamp=yes]",
        repeated=False,
    ),
    Experiment("MatConvNet's script", "matconvnet-octave"),
)


def run_replay(request: Request, watch: Watch = SILENT) -> tuple[Replay, Path]:
    """Run every experiment, once cold and then repeatedly; store and return the results.

    The replay sets the request's runners and layers itself.

    Raises:
        NetparityError: if a setting is invalid or a file cannot be used.
    """
    experiments = list(chosen_experiments(request))
    parent = RunFolder.create(request.results, f"{new_name()}-replay")
    whole = replace(request, results=parent.path, layers=FEATURE)
    with parent.discarded_unless_begun():
        watch.message("once and cold, as in the post:")
        runners = [experiment.runner for experiment in experiments]
        cold = replace(whole, runners=runners, rounds=1, repeats=1, warmup=0, compile_cache="cold")
        cold = replace(cold, schedule="sequential")
        once, _ = compare(cold, watch)
        watch.message("warm and repeated:")
        runners = [experiment.runner for experiment in experiments if experiment.repeated]
        repeated, _ = compare(replace(whole, runners=runners, reference=runners[0]), watch)
    replay = summarise_replay(parent.run_id, experiments, once, repeated)
    for name, render in FILES.items():
        parent.write_text(name, render(replay))
    return replay, parent.path


def chosen_experiments(request: Request) -> Iterator[Experiment]:
    """All experiments; the script runs in MATLAB, as in the post, if MATLAB is available."""
    matlab: Runner = MatconvnetMatlab(MatconvnetMatlab.name)
    matlab_available = matlab.availability(request.environments).available
    for experiment in EXPERIMENTS:
        if matlab_available and experiment.runner == "matconvnet-octave":
            yield replace(experiment, runner=matlab.name)
        else:
            yield experiment


def summarise_replay(
    name: str, experiments: Sequence[Experiment], once: Run, repeated: Run
) -> Replay:
    """The results of each experiment, next to the post's, from the two stored runs."""
    model = network_called(once.model)
    records = {record.label: record for record in once.runners}
    return Replay(
        name=name,
        title=title(once),
        outcomes=[
            _outcome(experiment, records[experiment.runner], once, model)
            for experiment in experiments
        ],
        rows=[
            row
            for experiment in experiments
            for row in _rows(experiment, experiments[0], once, repeated)
        ],
        once=once.run_id,
        repeated=repeated.run_id,
    )


# --- one experiment -------------------------------------------------------------------------


def _outcome(experiment: Experiment, record: RunnerRecord, run: Run, model: Network) -> Outcome:
    error = (record.reason or "").partition("\n")[0] if record.status != "ok" else None
    seconds = _once(record)
    data_format = record.data_format or "channels_last"
    return Outcome(
        experiment=experiment.name,
        label=record.label,
        code=record.code,
        status=record.status,
        expected=f"load, then at predict {known_error(model)}" if experiment.fails else "agree",
        error=error,
        fix=record.fix,
        as_documented=_as_documented(experiment, record, run, model),
        kernel_shape=first_kernel(record),
        form={
            "image_data_format": data_format,
            "predict time": seconds.get("predict_first"),
            "preprocessing time": seconds.get("preprocess"),
            "load time": seconds.get("load"),
            "image_dim_ordering": "tf" if data_format == "channels_last" else "th",
        },
    )


def known_error(model: Network) -> str:
    """The first line of Theano's error: three channels, but one bias per filter."""
    filters = _first_filters(model)
    return (
        "ValueError: Input dimension mis-match. "
        f"(input[1].shape[1] = 3, input[2].shape[1] = {filters})"
    )


def _first_filters(model: Network) -> int:
    """The number of filters of the first convolution."""
    kernel = model.parametric_layers[0].kernel_shape
    assert kernel is not None
    return kernel[-1]


def first_kernel(record: RunnerRecord) -> str | None:
    """Shape of the first convolution's kernel in memory; only Keras 2 reports it."""
    return record.flags.get("kernel_shapes", "").partition(",")[0].rpartition(" ")[2] or None


def _as_documented(
    experiment: Experiment, record: RunnerRecord, run: Run, model: Network
) -> bool | None:
    """Whether its outcome is the one in docs/2017.md; None if it could not be run here."""
    if record.status in ("unavailable", "pending"):
        return None
    if not experiment.fails:
        return record.status == "ok" and parity_passed(run, record.label)
    seconds = _once(record)
    return (
        record.status == "failed"
        and (record.reason or "").startswith(known_error(model) + "\n")
        and "load" in seconds
        and "predict_first" not in seconds
        and first_kernel(record) == f"3x{_first_filters(model)}x3x3"
    )


def _once(record: RunnerRecord) -> dict[str, float]:
    """The first value of each phase of the runner's only process."""
    phases = record.rounds[0].phases if record.rounds else {}
    return {phase: values[0] for phase, values in phases.items() if values}


def _rows(experiment: Experiment, base: Experiment, once: Run, repeated: Run) -> Iterator[Row]:
    """A row for each phase that has a time in any column; ratios are to `base`."""
    cold = {record.label: _once(record) for record in once.runners}
    for phase in PHASES_SHOWN:
        post = _posted(experiment, phase), _posted(base, phase)
        replayed = [
            None if phase == "predict" else cold[label].get(phase)
            for label in (experiment.runner, base.runner)
        ]
        measured = _measured(repeated, experiment.runner, phase)
        row = Row(
            experiment=experiment.name,
            phase=phase,
            post=Figure(post[0], _ratio(*post)),
            once=Figure(replayed[0], _ratio(*replayed)),
            repeated=measured,
        )
        if any(figure.seconds is not None for figure in (row.post, row.once, row.repeated)):
            yield row


_KEYS: Mapping[str, str] = {
    "load": "load time",
    "preprocess": "preprocessing time",
    "predict_first": "predict time",
}


def _posted(experiment: Experiment, phase: str) -> float | None:
    """Seconds in the post; its predict time is that of the first prediction."""
    value = (experiment.posted or {}).get(_KEYS.get(phase, ""))
    return value if isinstance(value, float) else None


def _ratio(seconds: float | None, base: float | None) -> float | None:
    return seconds / base if seconds is not None and base else None


def _measured(run: Run, label: str, phase: str) -> Figure:
    for entry in run.timing:
        if (entry.label, entry.phase) == (label, phase):
            return Figure(
                entry.median_seconds,
                entry.ratio_to_reference,
                entry.interval_seconds,
                entry.ratio_interval,
            )
    return Figure()
