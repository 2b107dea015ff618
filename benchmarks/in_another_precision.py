"""Run an extractor in an arithmetic that is not an option of its job.

    python in_another_precision.py SETTING SCRIPT JOB.json

`autocast-bfloat16` and `autocast-float16` are PyTorch's automatic mixed precision on a processor;
`medium` allows oneDNN to multiply float32 numbers in bfloat16, where the processor can;
`keras-POLICY` has every layer of Keras 3 compute in this policy.
"""

from __future__ import annotations

import contextlib
import runpy
import sys
from pathlib import Path
from typing import Any


def in_force(setting: str) -> contextlib.AbstractContextManager[Any]:
    """The context in which to run; all but autocast change the whole process."""
    if setting.startswith("keras-"):
        import keras3_settings  # type: ignore[import-not-found]

        keras3_settings.policy_of = lambda precision: setting.removeprefix("keras-")
        return contextlib.nullcontext()
    import torch  # type: ignore[import-not-found]

    if setting == "medium":
        torch.set_float32_matmul_precision("medium")
        torch.backends.mkldnn.conv.fp32_precision = "bf16"
        torch.backends.mkldnn.matmul.fp32_precision = "bf16"
        return contextlib.nullcontext()
    kind = getattr(torch, setting.removeprefix("autocast-"))
    return torch.autocast("cpu", dtype=kind)  # type: ignore[no-any-return]


def main() -> None:
    """Run the script as if it were the main program."""
    setting, script, *arguments = sys.argv[1:]
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(Path(script).parent))
    with in_force(setting):
        runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
