"""MatConvNet SimpleNN saved by MATLAB with '-v7.3', which is HDF5. It is read, not written.

Octave cannot read it (it drops cells with a warning), so tools get a converted file.
"""

from __future__ import annotations

from netparity.files import mat73, matlab
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.weights import simplenn_structure as structure
from netparity.weights.contents import Contents, Format


def recognise(source: Source) -> bool:
    """Whether it is HDF5 behind MATLAB's own header."""
    return mat73.looks_like(source.head)


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if the file is damaged or contains no SimpleNN network.
    """
    with reading(source.path, "a SimpleNN .mat of version 7.3"):
        variables = mat73.read(source.hdf5, source.limits)
        matlab.check_plain(variables)
        return structure.contents(variables, source.path, loads=False)


FORMATS = (
    Format(
        "matconvnet-simplenn-v7.3",
        "MatConvNet SimpleNN .mat of version 7.3",
        (".mat",),
        recognise,
        read,
        None,
        only_to=True,
    ),
)
