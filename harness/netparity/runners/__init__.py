"""The compared tools, one file each. A new one is a file here and its line in `RUNNERS`."""

from netparity.runners.base import Availability, Missing, Option, Runner
from netparity.runners.keras2_theano import Keras2Theano
from netparity.runners.keras3_tensorflow import Keras3Tensorflow
from netparity.runners.matconvnet_matlab import MatconvnetMatlab
from netparity.runners.matconvnet_octave import MatconvnetOctave
from netparity.runners.spec import create_runners

RUNNERS: tuple[type[Runner], ...] = (
    Keras3Tensorflow,
    Keras2Theano,
    MatconvnetOctave,
    MatconvnetMatlab,
)

DEFAULT_RUNNERS = tuple(row for kind in RUNNERS for row in kind.default_rows)

__all__ = [
    "DEFAULT_RUNNERS",
    "RUNNERS",
    "Availability",
    "Keras2Theano",
    "Keras3Tensorflow",
    "MatconvnetMatlab",
    "MatconvnetOctave",
    "Missing",
    "Option",
    "Runner",
    "create_runners",
]
