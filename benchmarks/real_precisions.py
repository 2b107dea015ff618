"""Is reduced precision named rightly when real tools compute in it on this processor?

    .venv/bin/python -m benchmarks.real_precisions [--seeds 2] [--seed 0] [--modes ...] [--out OUT]

PyTorch (cast, compiled, in autocast, and in the mode `medium`), Keras 3 on TensorFlow, JAX and
PyTorch (mixed policies) and OpenVINO (its bfloat16 hint) compute tiny networks in environments that
`netparity setup` has made. Processors with AVX-512 BF16 multiply bfloat16 in hardware; those with
AMX also float32 in the mode `medium`. Each feature is judged alone, 1, 4, 8 and 14 layers behind
the input, and all features of a run together. What overflows float16 is not judged.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.precision_cases import FEWEST_VALUES, NAMES, Subject, subject
from benchmarks.precisions import said, verdict
from netparity.parity import Rule, compare_features
from netparity.system.launch import Command, Exit, launch
from tests.planted.graphs import Planted, run_tool

IN_ANOTHER = str(Path(__file__).with_name("in_another_precision.py"))
BRAIN = frozenset({"bfloat16", "mixed-bfloat16"})
HALF = frozenset({"float16", "mixed-float16"})


@dataclass(frozen=True)
class Mode:
    """A tool in a kind of reduced precision.

    Attributes:
        runner: with its options, as on the command line.
        expected: the kinds that are right; with `pass` if not every processor has the mode.
        setting: as `in_another_precision.py` takes it; empty for none.
    """

    runner: str
    expected: frozenset[str]
    setting: str = ""


_PRODUCTS = frozenset({"bfloat16-products"})
MODES: Mapping[str, Mode] = {
    "pytorch-bfloat16": Mode("pytorch[precision=bfloat16]", BRAIN),
    "pytorch-float16": Mode("pytorch[precision=float16]", HALF),
    "pytorch-bfloat16-compiled": Mode("pytorch[precision=bfloat16,compile=yes]", BRAIN),
    "pytorch-float16-compiled": Mode("pytorch[precision=float16,compile=yes]", HALF),
    "pytorch-autocast-bfloat16": Mode("pytorch", BRAIN, "autocast-bfloat16"),
    "pytorch-autocast-float16": Mode("pytorch", HALF, "autocast-float16"),
    "pytorch-medium": Mode("pytorch", _PRODUCTS | {"pass"}, "medium"),
    "tensorflow-bfloat16": Mode("keras3-tensorflow", BRAIN, "keras-mixed_bfloat16"),
    "tensorflow-float16": Mode("keras3-tensorflow", HALF, "keras-mixed_float16"),
    "jax-bfloat16": Mode("keras3-jax[precision=bfloat16]", BRAIN),
    "jax-float16": Mode("keras3-jax[precision=float16]", HALF),
    "keras-torch-bfloat16": Mode("keras3-torch[precision=bfloat16]", BRAIN),
    "keras-torch-float16": Mode("keras3-torch[precision=float16]", HALF),
    "openvino-bf16": Mode("openvino[precision=bf16]", BRAIN | _PRODUCTS),
}


def run_mode(mode: Mode, it: Subject, folder: Path) -> dict[str, np.ndarray]:
    """Every feature that the tool computes in this precision."""

    def start(command: Command, folder: Path, log: Path, timeout_seconds: float) -> Exit:
        python, *arguments = command.arguments
        if mode.setting:
            arguments = [IN_ANOTHER, mode.setting, *arguments]
        changed = Command([python, *arguments], command.environment)
        return launch(changed, folder, log, timeout_seconds)

    clean = Planted("none", "", it.network, it.truth.weights or {})
    return run_tool(mode.runner, clean, it.truth.images, folder, start)


def judged_alone(it: Subject, features: Mapping[str, np.ndarray]) -> dict[str, tuple[str, ...]]:
    """The kinds named for each chosen feature, or its verdict."""
    return {
        f"{node.name}, {depth} deep": said(verdict(it, node, features[node.name]))
        for depth, node in it.nodes.items()
        if node.name in features and np.isfinite(features[node.name]).all()
    }


def judged_together(it: Subject, features: Mapping[str, np.ndarray]) -> dict[str, tuple[str, ...]]:
    """The kinds named for each feature of a whole run, or its verdict."""
    runners, truths = {"tool": features}, {"tool": it.truth}
    return {
        f"{entry.feature}, local": said(entry)
        for entry in compare_features("shared", runners, truths, Rule())
        if it.truth.reference[entry.feature].size >= FEWEST_VALUES
        and np.isfinite(features[entry.feature]).all()
    }


def main() -> None:
    """Run, judge, print what is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=1, help="weights and images per network")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--networks", nargs="+", default=NAMES)
    parser.add_argument("--modes", nargs="+", choices=list(MODES), default=list(MODES))
    parser.add_argument("--out", type=Path, help="folder to keep the features in")
    arguments = parser.parse_args()
    started = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    for name in arguments.modes:
        mode = MODES[name]
        for seed in range(arguments.seed, arguments.seed + arguments.seeds):
            for network in arguments.networks:
                it = subject(network, seed)
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        features = run_mode(mode, it, Path(folder))
                    except Exception as error:
                        print(f"{name}, {network}: {error}", flush=True)
                        continue
                if arguments.out is not None:
                    arguments.out.mkdir(parents=True, exist_ok=True)
                    np.savez(arguments.out / f"{name}-{network}-{seed}.npz", **features)
                alone, together = judged_alone(it, features), judged_together(it, features)
                for place, names in {**alone, **together}.items():
                    scope = "local" if place.endswith("local") else "alone"
                    counts[name, f"{scope}, all"] += 1
                    good = bool(set(names) & mode.expected)
                    kind = "right" if good else "pass" if "pass" in names else "wrong"
                    counts[name, f"{scope}, {kind}"] += 1
                    if kind == "wrong":
                        print(f"  {name}, {network}-{seed}, {place}: {names}", flush=True)
        print(f"{name}: { {key[1]: n for key, n in counts.items() if key[0] == name} }", flush=True)
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
