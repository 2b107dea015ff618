"""A folder that looks like a compiled MatConvNet, for tests of what is done with one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.octave_process import MATLAB

VERSION = "1.0-beta99"
SETUP = """function vl_setupnn()
addpath(fullfile(fileparts(mfilename('fullpath')), 'mex'));
end
"""
FORWARDING = """#include "mex.h"
void mexFunction(int n, mxArray *out[], int m, const mxArray *in[])
{ mexCallMATLAB(1, out, m, (mxArray **)in, "other_%s"); }
"""


def can_compile() -> bool:
    """Whether MEX files can be made on this machine."""
    return shutil.which("mkoctfile") is not None


def make_matconvnet(root: Path) -> Path:
    """Its MEX files hand on to the compatibility functions under other names; returns `root`."""
    shutil.copytree(MATLAB / "matconvnet_compat", root / "matlab")
    (root / "matlab" / "mex").mkdir()
    for name in ("vl_nnconv", "vl_nnpool"):
        source = (root / "matlab" / f"{name}.m").read_text()
        (root / "matlab" / f"other_{name}.m").write_text(
            source.replace(f"y = {name}(", f"y = other_{name}(")
        )
        (root / f"{name}.c").write_text(FORWARDING % name)
        mex = ["mkoctfile", "--mex", f"{name}.c", "--output", f"matlab/mex/{name}.mex"]
        subprocess.run(mex, cwd=root, check=True)
    (root / "Makefile").write_text(f"# comment\nVERB = 1\nVER = {VERSION}\nVERSION = no\n")
    (root / "matlab" / "vl_setupnn.m").write_text(SETUP)
    return root
