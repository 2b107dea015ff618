"""What the runners of the MatConvNet script share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from netparity.resources import extractor_folder
from netparity.runners.base import Option, Runner
from netparity.weights import simplenn_mat

CODE_OPTION = Option(
    "which code runs: netparity's compatibility functions, MatConvNet itself "
    "(MATCONVNET_ROOT), or MatConvNet where it is set",
    ("auto", "compat", "require"),
)


class MatconvnetRunner(Runner):
    """`matlab/extract_features.m` in MATLAB or Octave."""

    tool = "matconvnet"
    weights_format = simplenn_mat.NAME
    options: ClassVar = {"matconvnet": CODE_OPTION}

    @property
    def scripts(self) -> Path:
        """The folder of the .m files."""
        return extractor_folder("matlab")


def matconvnet_root() -> Path | None:
    """The user's own MatConvNet, if `MATCONVNET_ROOT` names one."""
    root = os.environ.get("MATCONVNET_ROOT")
    return Path(root) if root else None
