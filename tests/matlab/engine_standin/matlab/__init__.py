"""Stands in for MathWorks' package `matlab`, whose import already looks for MATLAB's folders."""

import os

# How the tests have the import fail, each as the real package does.
_PLAY = os.environ.get("STANDIN_PLAY", "")

if _PLAY == "moved":
    raise RuntimeError("Could not find directory: /opt/MATLAB/R2099b/extern/engines/python")
if _PLAY == "corrupted":
    raise RuntimeError(
        "The MATLAB Engine for Python install is corrupted. Please try to re-install."
    )
