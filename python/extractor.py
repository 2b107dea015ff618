"""What the Python extractors share: the run, from the job file to the result.

An extractor is started with a job file as its only argument. It writes result.json and .npy files
to the job's output folder; standard output and error are logs. Exit codes: 0 result `ok`, 1 result
`failed`, 2 unusable job.
"""

from __future__ import annotations

import gc
import signal
import sys
import time
import traceback

import numpy as np

from feature_files import file_names
from job_files import (
    Job,
    Result,
    read_job,
    read_json_object,
    save_feature,
    started_result,
    write_result,
)
from job_input import in_batches, native_input, read_shared_input
from network_file import read_network
from process_facts import process_flags
from process_memory import keep_freed_memory
from process_usage import used_after
from stack import Settings, Stack
from stopwatch import CLOCK, Series, Timed, tick_seconds, timed, timed_series
from taking_turns import gate_of, timed_in_turns


def main(stack: Stack, argv: list[str]) -> int:
    """Run a job file, or one image by hand; return the exit code."""
    if len(argv) == 1 and not argv[0].startswith("-"):
        return run_job_file(stack, argv[0])
    import by_hand

    return by_hand.main(stack, argv)


def run_job_file(stack: Stack, path: str) -> int:
    """Read the job and run it; return the exit code."""
    # The default action ends the process at once, even during a long C call, and the result stays
    # `started`.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        job = read_job(path)
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        _refuse(path, error)
        return 2
    code = run_job(stack, job)
    gc.freeze()  # the process ends next; PyTorch's objects would be searched for cycles for 0.6 s
    return code


def _refuse(path: str, error: Exception) -> None:
    """Write a failed result for an unusable job, if the job at least names the output folder."""
    try:
        output_dir = read_json_object(path)["output_dir"]
        result = started_result(None)
        mark_failed(result, error)
        write_result(result, output_dir)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # standard error has the message


def run_job(stack: Stack, job: Job) -> int:
    """Do the job; write result.json with `ok` or `failed`; return the exit code."""
    result = started_result(job.threads)
    try:
        write_result(result, job.output_dir)
        extract(stack, job, result)
        result.status = "ok"
        write_result(result, job.output_dir)
        return 0
    except BaseException as error:
        return _fail(result, error, job.output_dir)


def _fail(result: Result, error: BaseException, output_dir: str) -> int:
    traceback.print_exc()
    mark_failed(result, error)
    try:
        write_result(result, output_dir)
    except OSError as write_error:
        print(f"the failure could not be recorded: {write_error}", file=sys.stderr)
    return 1


def mark_failed(result: Result, error: BaseException) -> None:
    """Mark the result as failed; timings and versions stay, features do not."""
    result.status = "failed"
    result.error = {
        "kind": type(error).__name__,
        "message": str(error) or type(error).__name__,
        "where": "".join(traceback.format_exception(error)),
    }
    result.features = {}
    result.native_input = None


def extract(stack: Stack, job: Job, result: Result) -> None:
    """Start, load, preprocess, predict and save; fills in `result`."""
    settings = Settings(job.data_format or "channels_last", job.threads, job.options)
    stack.start(settings)
    result.ready_unix_seconds = time.time()
    result.usage["startup"] = [used_after().since(None)]
    result.data_format = settings.data_format
    record_description(stack, result)

    layers = list(dict.fromkeys(feature.layer for feature in job.features))
    loading = timed(lambda: load(stack, job, layers))
    result.phases["load"] = [loading.seconds]
    result.usage["load"] = [loading.usage]
    record_description(stack, result)

    if "only" in job.options:
        extract_only(stack, job, result, job.options["only"])
        record_description(stack, result)
        return
    native, preprocess_loops = None, 1
    if job.images:
        preprocess = timed(lambda: native_input(stack, job, job.images))
        native = preprocess.value
        # Only the first tensor is kept: others would count towards the tool's peak memory.
        preprocessing = timed_series(
            lambda: native_input(stack, job, job.images), job.repeats, preprocess.seconds
        )
        result.phases["preprocess"] = [preprocess.seconds, *preprocessing.seconds]
        result.usage["preprocess"] = [preprocess.usage, *preprocessing.usage]
        preprocess_loops = preprocessing.loops

    shared = stack.from_canonical(read_shared_input(job))
    first = timed(lambda: stack.predict(shared))
    result.phases["predict_first"] = [first.seconds]
    result.usage["predict_first"] = [first.usage]
    predicting = time_predictions(stack, job, shared, first)
    result.phases["predict"] = predicting.seconds
    result.usage["predict"] = predicting.usage
    result.clock = {
        "name": CLOCK,
        "tick_seconds": tick_seconds(),
        "preprocess_loops": preprocess_loops,
        "predict_loops": predicting.loops,
    }

    save_features(stack, job, result, "shared", dict(zip(layers, first.value, strict=True)))
    if native is not None:
        native_outputs = stack.predict(native)
        save_features(stack, job, result, "native", dict(zip(layers, native_outputs, strict=True)))
        canonical = stack.to_canonical(native)
        result.native_input = save_feature(canonical, job.output_dir, "native-input.npy")
    if job.options.get("per_layer") == "yes":
        result.layers = time_layers(stack, shared, layers, job.repeats)
    record_description(stack, result)


def time_predictions(
    stack: Stack, job: Job, tensor: np.ndarray, first: Timed[list[np.ndarray]]
) -> Series:
    """Time predictions after the first and the warm-up, at once or in the job's turns."""

    def predict() -> object:
        return stack.predict(tensor)

    shortest = min([first.seconds, *(timed(predict).seconds for _ in range(job.warmup))])
    gate = gate_of(job.turns)
    if gate is None:
        return timed_series(predict, job.repeats, shortest)
    return timed_in_turns(predict, gate, shortest)


def load(stack: Stack, job: Job, layers: list[str]) -> None:
    """Have the stack build or load the job's network."""
    if job.network is not None:
        stack.load_network(read_network(job.network), job.weights, layers)
    else:
        assert job.architecture is not None  # `read_job` has checked it
        stack.load(job.architecture, job.weights.file, layers)


def extract_only(stack: Stack, job: Job, result: Result, kinds: str) -> None:
    """Compute and save the features of `shared`, `native` or `shared,native`, without timing them.

    The job's option `batch` is the number of images per forward pass; `parts` are numbers of images
    at whose ends a batch ends too. With `native`, the tensor that the tool makes of the images is
    saved, too.

    Raises ValueError for another input.
    """
    keep_freed_memory()
    for kind in kinds.split(","):
        if kind == "shared":
            tensors = in_batches(job, read_shared_input(job), stack.from_canonical)
        elif kind == "native":
            tensors = in_batches(job, job.images, lambda files: native_input(stack, job, files))
        else:
            raise ValueError(
                f"option only is {kinds!r}, expected 'shared', 'native' or 'shared,native'; "
                "correct the job"
            )
        outputs, inputs = [], []
        for tensor in tensors:
            if kind == "native":
                inputs.append(stack.to_canonical(tensor))
            outputs.append(stack.predict(tensor))
        layers = list(dict.fromkeys(feature.layer for feature in job.features))
        whole = [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
        save_features(stack, job, result, kind, dict(zip(layers, whole, strict=True)))
        if inputs:
            given = np.concatenate(inputs)
            result.native_input = save_feature(given, job.output_dir, "native-input.npy")


def time_layers(
    stack: Stack, tensor: np.ndarray, layers: list[str], repeats: int
) -> dict[str, list[float]]:
    """Return seconds from the input to each layer up to the last of `layers`."""
    seconds = {}
    for name, call in stack.layer_calls(tensor, layers):
        call()  # traces and compiles
        seconds[name] = timed_series(call, repeats, timed(call).seconds).seconds
    return seconds


def save_features(
    stack: Stack, job: Job, result: Result, kind: str, outputs: dict[str, np.ndarray]
) -> None:
    """Save every requested feature in a file of its own and add it to the result."""
    names = file_names(kind, [feature.name for feature in job.features])
    result.features[kind] = {
        feature.name: save_feature(
            stack.feature_to_canonical(outputs[feature.layer]), job.output_dir, name
        )
        for feature, name in zip(job.features, names, strict=True)
    }


def record_description(stack: Stack, result: Result) -> None:
    """Copy the stack's description into the result."""
    description = stack.describe()
    result.code = description.code
    result.built = description.built
    result.versions = description.versions
    result.threads["found"] = description.threads_found
    result.blas = description.blas
    result.flags = {**description.flags, **process_flags()}
