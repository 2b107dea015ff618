"""What the runners of the MatConvNet script share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from netparity.runners.base import PER_LAYER, Availability, Option, Runner
from netparity.system.resources import extractor_folder
from netparity.weights.formats import matconvnet as matconvnet_format

CODE_CHOICES = ("auto", "compat", "require")
CODE_OPTION = Option(
    "which code runs: MatConvNet itself (require), netparity's compatibility functions (compat), "
    "or MatConvNet if its folder is given (auto)",
    CODE_CHOICES,
)
ROOT_OPTION = Option("the folder of your MatConvNet; default: MATCONVNET_ROOT")


class MatconvnetRunner(Runner):
    """`matlab/extract_features.m` in MATLAB or Octave."""

    tool = "matconvnet"
    network_format = "matconvnet"
    weights_format = matconvnet_format.NAME
    advice_for = "matconvnet"
    options: ClassVar = {
        "matconvnet": CODE_OPTION,
        "matconvnet_root": ROOT_OPTION,
        "per_layer": PER_LAYER,
    }

    @property
    def scripts(self) -> Path:
        """The folder of the .m files."""
        return extractor_folder("matlab")

    def code_problem(self) -> Availability | None:
        """Why the code that was asked for cannot run; None if nothing speaks against it."""
        choice = self.chosen.get("matconvnet", "auto")
        named = self.chosen.get("matconvnet_root")
        root = named or os.environ.get("MATCONVNET_ROOT")
        if choice == "compat":
            return None
        if root and not (Path(root) / "matlab" / "vl_setupnn.m").is_file():
            where = "--matconvnet-root" if named else "MATCONVNET_ROOT"
            return Availability(
                False,
                f"{where}={root} is not a MatConvNet folder: it has no matlab/vl_setupnn.m",
                f"correct {where}, or use the compatibility functions: --matconvnet compat",
                can_set_up=False,
            )
        if choice == "require" and not root:
            return Availability(
                False,
                "MatConvNet is required, but its folder is not given",
                "give it with --matconvnet-root or MATCONVNET_ROOT",
                can_set_up=False,
            )
        return None
