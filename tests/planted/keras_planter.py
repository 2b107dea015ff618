"""Run many jobs through a real Keras extractor, making the mistakes that each asks for.

    python keras_planter.py PATH/TO/extract_keras3.py cases.json

Runs inside the extractor's environment. cases.json lists job files; beside each lies a
planted.json with the mistakes. Whatever is patched for one job is put back before the next.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from keras_network import planted_outputs
from keras_plan import Plan
from keras_weights import change_weights

STACKS = {"extract_keras2": "Keras2", "extract_keras3": "Keras3"}


def main(argv: list[str]) -> int:
    script, cases_file = Path(argv[0]), Path(argv[1])
    sys.path.insert(0, str(script.parent))
    extractor = importlib.import_module("extractor")
    job_files = importlib.import_module("job_files")
    stack = getattr(importlib.import_module(script.stem), STACKS[script.stem])()
    for job_file in map(Path, json.loads(cases_file.read_text())):
        print(f"--- {job_file.parent.name}", flush=True)
        plan = Plan.read(job_file.with_name("planted.json"))
        with planted(stack, plan):
            extractor.run_job(stack, job_files.read_job(job_file))
        forget(stack)
    return 0


@contextlib.contextmanager
def planted(stack: Any, plan: Plan) -> Iterator[None]:
    """Patch the stack and the modules that it uses; put everything back at the end."""
    keras_stack = importlib.import_module("keras_stack")
    with contextlib.ExitStack() as patches:

        def replace(target: Any, name: str, value: Any) -> None:
            patches.enter_context(mock.patch.object(target, name, value))

        if plan.input_mistakes or plan.resize:
            real_from, real_preprocess = stack.from_canonical, stack.preprocess

            def preprocess(image_files: list[str], size: list[int]) -> np.ndarray:
                with resizing(stack, plan.resize):
                    native = real_preprocess(image_files, size)
                return real_from(plan.spoil(stack.to_canonical(native)))

            replace(stack, "from_canonical", lambda tensor: real_from(plan.spoil(tensor)))
            replace(stack, "preprocess", preprocess)
        real_build = stack.build

        def build(*arguments: Any) -> Any:
            if plan.policy:
                stack.keras.config.set_dtype_policy(plan.policy)
                patches.callback(stack.keras.config.set_dtype_policy, "float32")
            if hasattr(stack, "theano"):
                # Theano compiles a function for every starting value, which is then replaced.
                replace(stack.keras.initializers.VarianceScaling, "__call__", zeros)
            return real_build(*arguments)

        replace(stack, "build", build)
        if plan.network:
            real_cut = keras_stack.cut_at

            def cut_at(keras: Any, network: Any, layers: list[str]) -> Any:
                change_weights(network, plan, flipped=hasattr(stack, "theano"))
                if not plan.structural:
                    return real_cut(keras, network, layers)
                outputs = planted_outputs(stack, network, plan)
                return keras.models.Model(network.inputs, [outputs[name] for name in layers])

            replace(keras_stack, "cut_at", cut_at)
        yield


def zeros(initializer: Any, shape: tuple[int, ...], dtype: str | None = None) -> np.ndarray:
    """What a Keras 2 layer starts from when nothing is to be computed."""
    return np.zeros(shape, dtype or "float32")


@contextlib.contextmanager
def resizing(stack: Any, interpolation: str | None) -> Iterator[None]:
    """Have the stack's load_img resize in another way than it does by default."""
    if interpolation is None:
        yield
        return
    real = stack.load_img
    with mock.patch.object(
        stack, "load_img", lambda *args, **more: real(*args, **more, interpolation=interpolation)
    ):
        yield


def forget(stack: Any) -> None:
    """Let go of the last network: a hundred of them would add up."""
    stack.model = None
    if not hasattr(stack, "theano") and hasattr(stack, "keras"):
        stack.keras.backend.clear_session()
    gc.collect()
    gc.freeze()  # the framework's own objects, of which every collection would look at a million


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
