"""The compared tools, one file each. A new one is a file here and its line in `RUNNERS`."""

from functools import cache

from netparity.runners.base import Availability, Missing, Option, Runner
from netparity.runners.external import External
from netparity.runners.installed import InstalledRunner, find_installed
from netparity.runners.keras2_theano import Keras2Theano
from netparity.runners.keras3_jax import Keras3Jax
from netparity.runners.keras3_tensorflow import Keras3Tensorflow
from netparity.runners.keras3_torch import Keras3Torch
from netparity.runners.matconvnet_matlab import MatconvnetMatlab
from netparity.runners.matconvnet_octave import MatconvnetOctave
from netparity.runners.onnxruntime import OnnxRuntime
from netparity.runners.opencv_dnn import OpenCvDnn
from netparity.runners.openvino import OpenVino
from netparity.runners.pytorch import Pytorch
from netparity.runners.ready import ALL, with_all
from netparity.runners.spec import create_runners
from netparity.runners.tf_keras import TfKeras

RUNNERS: tuple[type[Runner], ...] = (
    Keras3Tensorflow,
    Keras2Theano,
    MatconvnetOctave,
    MatconvnetMatlab,
    Pytorch,
    OnnxRuntime,
    OpenVino,
    OpenCvDnn,
    Keras3Jax,
    Keras3Torch,
    TfKeras,
)

DEFAULT_RUNNERS = tuple(row for kind in RUNNERS for row in kind.default_rows)


@cache
def installed_runners() -> tuple[InstalledRunner, ...]:
    """The runners of installed packages, with those that cannot be used and why.

    Raises:
        UsageError: if a package's runner has the name of another one.
    """
    return tuple(find_installed([*(kind.name for kind in RUNNERS), External.name, ALL]))


def known_runners() -> tuple[type[Runner], ...]:
    """Every runner that can be named: netparity's own, `external` and those of packages.

    Raises:
        UsageError: if a package's runner has the name of another one.
    """
    packaged = (each.kind for each in installed_runners() if each.kind is not None)
    return (*RUNNERS, External, *packaged)


def interpreter_names() -> list[str]:
    """The names by which a user can give a runner an interpreter."""
    return [name for kind in known_runners() for name in kind.interpreters()]


def unusable_runners() -> list[str]:
    """A sentence for each runner of a package that cannot be used."""
    return [
        f"the runner {each.name} of the package {each.package} cannot be used: {each.problem}"
        for each in installed_runners()
        if each.problem
    ]


__all__ = [
    "ALL",
    "DEFAULT_RUNNERS",
    "RUNNERS",
    "Availability",
    "External",
    "InstalledRunner",
    "Keras2Theano",
    "Keras3Jax",
    "Keras3Tensorflow",
    "Keras3Torch",
    "MatconvnetMatlab",
    "MatconvnetOctave",
    "Missing",
    "OnnxRuntime",
    "OpenCvDnn",
    "OpenVino",
    "Option",
    "Pytorch",
    "Runner",
    "TfKeras",
    "create_runners",
    "installed_runners",
    "interpreter_names",
    "known_runners",
    "unusable_runners",
    "with_all",
]
