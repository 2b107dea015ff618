"""MatConvNet SimpleNN saved by MATLAB with '-v7.3', which is HDF5. It is read, not written.

Octave cannot read it (it drops cells with a warning), so tools get a converted file.
"""

from __future__ import annotations

from pathlib import Path

from netparity.files import mat73
from netparity.files.limits import reading
from netparity.weights import simplenn_structure as structure
from netparity.weights.contents import Contents, Format


def read(path: Path) -> Contents:
    """Read such a file.

    Raises:
        InputError: if the file is damaged or contains no SimpleNN network.
    """
    with reading(path, "a SimpleNN .mat of version 7.3"):
        return structure.contents(mat73.read(path), path, loads=False)


FORMATS = (
    Format(
        "matconvnet-simplenn-v7.3",
        "MatConvNet SimpleNN .mat of version 7.3",
        (".mat",),
        mat73.looks_like,
        read,
        None,
        only_to=True,
    ),
)
