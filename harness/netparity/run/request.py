"""What a comparison is asked for. Light to import: the command line's help is made of it."""

# The types of the fields are read at run time, so annotations are evaluated here.

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from netparity.errors import UsageError
from netparity.run.option import CommandOption, Typed, documented, made, option

if TYPE_CHECKING:
    from netparity.runners.environments import Environments

DEFAULT_PRECISION = 0.03
DEFAULT_BUDGET_SECONDS = 300.0
SAME_WITHIN = 0.05
MOST_ROUNDS = 1000
PREPROCESSING = ("preprocess", "mean", "std", "scale", "channel_order", "input_size")
"""The fields that say what is done to an image, in the order of `inputs.given.Given`."""
MOST_PREDICTIONS = 100_000
FIRST_REPEATS = 5
"""Where the number of predictions is to be chosen, and what they cost is not known yet."""
MOST_THREADS = 4096


def parse_rounds(text: str) -> int | Literal["auto"]:
    """Read what `--rounds` was given.

    Raises:
        UsageError: if it is neither a number in range nor auto.
    """
    if text == "auto":
        return "auto"
    if not text.isdecimal() or not 1 <= int(text) <= MOST_ROUNDS:
        raise UsageError(f"--rounds {text!r}: expected a number from 1 to {MOST_ROUNDS}, or auto")
    return int(text)


def make_environments(pairs: Sequence[str] = ()) -> "Environments":
    """Return the environments of all runners, with the interpreters that the user named.

    Args:
        pairs: `RUNNER=/path/to/python`, for each interpreter of the user's own; others come from
            variables such as NETPARITY_PYTHON_KERAS3_TENSORFLOW.

    Raises:
        UsageError: if one has another form or names an unknown runner.
    """
    from netparity.runners import interpreter_names
    from netparity.runners.interpreters import own_interpreters

    return own_interpreters(pairs, interpreter_names())


@documented
@dataclass(frozen=True)
class Request:
    """What `netparity compare` is asked for; every default is the command line's."""

    images: Sequence[Path] = option(
        (),
        "Image files of any size; a sample image by default.",
        metavar="[IMAGE]...",
        argument=True,
    )
    runners: Sequence[str] = option(
        (),
        "A tool, as pytorch or pytorch[compile=yes], or all for every tool that is ready; repeat "
        "for several. Names: netparity doctor; keys: docs/runners.md.",
        *("--runner", "-r"),
        metavar="NAME[key=value,...]",
        shown="the usual ones",
    )
    model: str | None = option(
        None,
        "A network's name (netparity network list), keras:NAME, torchvision:NAME, or an ONNX, "
        "Keras, MatConvNet or Caffe file.",
        "--model",
        metavar="NAME|FILE",
        shown="vgg16",
    )
    weights: str | None = option(
        None,
        "synthetic:SEED, or a file in any format (docs/weights.md).",
        "--weights",
        shown="synthetic:0, or the model's file",
    )
    map_file: Path | None = option(
        None,
        "Says which layer of the network is which of the weights' file, where that is not certain.",
        "--map",
        metavar="FILE",
    )
    input: Path | None = option(
        None,
        "Instead of images, the network's input itself: N x its shape, .npy, float32.",
        "--input",
        metavar="TENSOR",
    )
    preprocess: str | None = option(
        None,
        "What is done to an image, where the model's file does not say: caffe, tf, torch or none.",
        "--preprocess",
        metavar="caffe|tf|torch|none",
        shown="as the model says",
    )
    mean: str | None = option(
        None, "Mean to subtract after scaling: one number, R,G,B, or Caffe's mean file.", "--mean"
    )
    std: str | None = option(None, "Divisor after that: one number, or R,G,B.", "--std")
    scale: str | None = option(None, "Factor before that, as 1/255.", "--scale")
    channel_order: str | None = option(
        None, "Order of the input's channels.", "--channel-order", metavar="RGB|BGR|grey"
    )
    input_size: str | None = option(
        None, "Height and width of the input.", "--input-size", metavar="H,W"
    )
    layers: str | None = option(
        None, "Layers to compare, as fc6,fc7, or all.", "--layers", shown="fc6,fc7"
    )
    rounds: int | Literal["auto"] = option(
        5,
        "Rounds, each with a new process per runner; auto: until the ratios are precise.",
        "--rounds",
        metavar="N|auto",
        typed=Typed(str, "5", parse_rounds),
    )
    precision: float | None = option(
        None,
        "Half-width of a ratio's 95 % interval that ends --rounds auto.",
        "--precision",
        shown=f"{DEFAULT_PRECISION:g}",
    )
    budget_seconds: float | None = option(
        None,
        "Start no more rounds after this time.",
        "--budget",
        metavar="SECONDS",
        shown=f"{DEFAULT_BUDGET_SECONDS:g} with --rounds auto",
    )
    schedule: str = option(
        "interleaved",
        "Whether the processes of a round take turns (interleaved), or run one after the other "
        "(sequential).",
        "--schedule",
        metavar="interleaved|sequential",
    )
    no_wait: bool = option(
        False,
        "Measure at once, even if another comparison is measuring on this machine; the timings of "
        "both are marked.",
        "--no-wait",
    )
    repeats: int | None = option(
        None,
        "Timed predictions per process.",
        "--repeats",
        least=1,
        most=MOST_PREDICTIONS,
        shown="half of a run's time",
    )
    warmup: int = option(
        1, "Untimed predictions before these.", "--warmup", least=0, most=MOST_PREDICTIONS
    )
    threads: int | None = option(
        None, "Threads per tool.", "--threads", least=1, most=MOST_THREADS, shown="all"
    )
    affinity: str | None = option(
        None, "Processors to run on, as 0-3,6.", "--affinity", metavar="CPUS"
    )
    memory_limit: str | None = option(
        None, "Memory that each process may ask for, as 8G.", "--memory-limit", metavar="BYTES"
    )
    compile_cache: str | None = option(
        None,
        "Start Theano with an empty compile cache (cold), or with what it compiled before (warm).",
        "--compile-cache",
        metavar="cold|warm",
        shown="warm",
    )
    per_layer: bool = option(
        False, "Time every layer as well, after everything else.", "--per-layer"
    )
    reference: str | None = option(
        None,
        "Label of the runner whose timings are the denominator of every ratio.",
        "--reference",
        shown="the first that passes",
    )
    same_within: float = option(
        SAME_WITHIN,
        "Largest relative difference in time that is called the same.",
        "--same-within",
        metavar="SHARE",
    )
    matconvnet: str | None = option(
        None,
        "MatConvNet itself (require), netparity's compatibility functions (compat), or MatConvNet "
        "if its folder is known (auto).",
        "--matconvnet",
        metavar="auto|compat|require",
        shown="auto",
    )
    matconvnet_root: Path | None = option(
        None, "Folder of your MatConvNet.", "--matconvnet-root", shown="MATCONVNET_ROOT"
    )
    cluster: str | None = option(
        None,
        "Workers that do the rounds, each on one node: local:N on this machine, a Dask scheduler, "
        "or a file that describes a queue such as Slurm's (docs/cluster.md).",
        "--cluster",
        metavar="local:N|tcp://HOST:PORT|FILE",
    )
    max_relative_l2: float | None = option(
        None,
        "Pass features up to this relative L2 error instead of judging by the noise floor.",
        "--max-relative-l2",
    )
    atol: float | None = option(
        None,
        "Pass features if |x - r| <= atol + rtol |r| for every value instead; in their unit.",
        "--atol",
    )
    rtol: float | None = option(None, "See --atol.", "--rtol")
    results: Path = option(
        Path("results"), "Folder in which the results get a folder of their own.", "--out"
    )
    timeout_seconds: float = option(
        600.0, "Seconds that each process may take.", "--timeout", least=0.1
    )
    environments: "Environments" = made(
        make_environments,
        CommandOption(
            "Interpreter to use for a runner, instead of an environment made for it, or of the one "
            "in NETPARITY_PYTHON_<RUNNER>.",
            ("--python",),
            metavar="RUNNER=PATH",
            typed=Typed(list[str] | None, None, make_environments),
        ),
    )
    command: Sequence[str] = option((), "The command as it was typed; it is stored with the run.")
    begun_monotonic: float | None = option(
        None,
        "When the program began, by time.monotonic(); its imports count as the harness's time.",
    )

    @property
    def named_runners(self) -> Sequence[str]:
        """The runners that were asked for by name, so that they have to be available."""
        return [text for text in self.runners if text.strip() != "all"]
