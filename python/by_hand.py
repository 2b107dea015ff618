"""Run an extractor on one image from the command line; print the timings as one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from job_files import save_feature
from stack import Settings, Stack
from stopwatch import timed
from vgg16_topology import keras_layer_name, layer_names
from weights_file import infer_architecture


class UsageError(ValueError):
    """The command line names something that does not exist."""


def main(stack: Stack, argv: list[str]) -> int:
    """Return the exit code: 0, 2 for an error in the command line, 1 if the run fails."""
    arguments = parse(argv)
    real_stdout = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # frameworks print to standard output
    try:
        report = run(stack, arguments)
    except (UsageError, FileNotFoundError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        print(f"{Path(sys.argv[0]).name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    with os.fdopen(real_stdout, "w") as stdout:
        print(json.dumps(report), file=stdout)
    return 0


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse the options; exits with 0 for --help and 2 for an unknown option."""
    parser = argparse.ArgumentParser(
        description="Extract one VGG16 feature of one image and print the timings as JSON.",
        epilog="With a job file as the only argument, run that job for netparity.",
    )
    parser.add_argument("--image", required=True, help="the image, in any format that Pillow reads")
    parser.add_argument("--weights", required=True, help="VGG16 weights, a Keras .h5 file")
    parser.add_argument("--layer", required=True, help="Keras's name (fc1) or netparity's (fc6)")
    parser.add_argument(
        "--data-format", default="channels_last", choices=("channels_last", "channels_first")
    )
    parser.add_argument("--output", help="also save the feature, as a float32 .npy file")
    return parser.parse_args(argv)


def run(stack: Stack, arguments: argparse.Namespace) -> dict[str, object]:
    """Return the data format and the seconds for load, preprocessing and the first prediction."""
    for what, path in (("image", arguments.image), ("weights", arguments.weights)):
        if not os.path.isfile(path):
            raise UsageError(f"{what} file '{path}' does not exist; check the --{what} option")
    if arguments.output and not Path(arguments.output).absolute().parent.is_dir():
        raise UsageError(f"the folder of --output '{arguments.output}' does not exist; create it")
    architecture = infer_architecture(arguments.weights)
    layer = keras_layer_name(arguments.layer)
    if layer not in layer_names(architecture):
        raise UsageError(
            f"--layer is {arguments.layer!r}, expected one of {layer_names(architecture)} "
            "or netparity's name for one of them"
        )
    stack.start(Settings(arguments.data_format, threads=None, options={}))
    load = timed(lambda: stack.load(architecture, arguments.weights, [layer]))
    preprocess = timed(lambda: stack.preprocess([arguments.image], architecture.input_size))
    predict = timed(lambda: stack.predict(preprocess.value))
    if arguments.output:
        output = Path(arguments.output).absolute()
        save_feature(stack.feature_to_canonical(predict.value[0]), output.parent, output.name)
    return {
        "image_data_format": arguments.data_format,
        "load time": load.seconds,
        "preprocessing time": preprocess.seconds,
        "predict time": predict.seconds,
    }
