"""Published values of trained weights, by which their origin is known whatever a file calls them.

Only what could be checked is here: values that two independent pages print, or that agree with such
values in the same print. Positions are those of the canonical order (height, width, input channel,
output channel; red, green, blue).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netparity.networks.node import Preprocessing

Position = tuple[int, ...]
Statistics = tuple[float, float]
"""Mean and standard deviation (with n - 1), which no order of the values changes."""


@dataclass(frozen=True)
class LayerFacts:
    """What is published of one layer.

    Attributes:
        kernel: position in the convolution's kernel to value.
        bias: position to value.
        kernel_statistics: of all values of the kernel; None if they are not published.
        bias_statistics: the same for the bias.
    """

    kernel: Mapping[Position, float] | None = None
    bias: Mapping[int, float] | None = None
    kernel_statistics: Statistics | None = None
    bias_statistics: Statistics | None = None

    @property
    def statistics(self) -> tuple[Statistics | None, Statistics | None]:
        """Those of kernel and bias."""
        return self.kernel_statistics, self.bias_statistics


@dataclass(frozen=True)
class Training:
    """One training, whichever files hold its weights.

    Attributes:
        name: a short name, such as `vgg16-oxford`.
        title: in words that can follow "the weights of".
        expects: what it was trained on; mean and deviation in the order of the channels.
        input: the same in words.
        first: shape of the first kernel, height x width x channels x units.
        layers: number of the layer with weights (from 0) to what is published of it.
    """

    name: str
    title: str
    expects: Preprocessing
    input: str
    first: tuple[int, int, int, int]
    layers: Mapping[int, LayerFacts]


_RGB = {"R": 0, "G": 1, "B": 2}


def _corner(rows: Mapping[str, str], units: tuple[int, ...]) -> dict[Position, float]:
    """The values of some units at one place of the first kernel; `0,1 R` is row 0, column 1."""
    found: dict[Position, float] = {}
    for place, numbers in rows.items():
        at, colour = place.split()
        row, column = map(int, at.split(","))
        for unit, number in zip(units, numbers.split(), strict=False):
            found[row, column, _RGB[colour], unit] = float(number)
    return found


def of_filter(unit: int, colour: str, numbers: str) -> dict[Position, float]:
    """All nine values of a 3 x 3 kernel for one colour and unit, row by row."""
    return {
        (place // 3, place % 3, _RGB[colour], unit): float(number)
        for place, number in enumerate(numbers.split())
    }


def first_values(numbers: str) -> dict[int, float]:
    """The first values of a bias."""
    return dict(enumerate(map(float, numbers.split())))


_ENDS = (0, 1, 2, 61, 62, 63)

_OXFORD = Preprocessing("BGR", (103.939, 116.779, 123.68))
_OXFORD_INPUT = "BGR images of 0 to 255 less the mean (103.939, 116.779, 123.68)"
# Units 0, 1, 2 and 61, 62, 63 of the first kernel: Keras's VGG16 as a notebook on transfer learning
# prints model.trainable_weights. Unit 0 and ten biases: Keras's VGG16 in the test of an HDF5 reader
# (h5_utils.cpp, Devin Cody, 2018). Red of unit 0, and a kernel's value and a bias of every layer:
# MatConvNet's imagenet-vgg-verydeep-16 as Knet prints it; its first values are Keras's with the
# channels reversed. Single values of deep layers: an SSD in TensorFlow that checks the VGG16 of
# Keras that it loads (load_vgg16_weigths). BGR and the mean:
# gist.github.com/ksimonyan/211839e770f7b538e2d8; github.com/pytorch/vision/issues/28 says the same
# of vgg16-00b39a1b.pth.
_DEEP = (
    ("0.16621928", "-0.30912212"),
    ("-0.008902963", "-0.04577766"),
    ("-0.0023012366", "-0.06418542"),
    ("0.002486315", "-0.074358866"),
    ("-0.0103266295", "0.019675018"),
    ("0.0024918285", "0.035415243"),
    ("-0.012453815", "0.013485669"),
    ("0.007116542", "0.023680462"),
    ("-0.0041355654", "0.03757768"),
    ("-0.0006068934", "0.09722325"),
    ("-0.0011261065", "0.21327873"),
    ("0.00040788297", "0.18837857"),
)
_MORE_KERNEL: Mapping[int, Mapping[Position, float]] = {
    1: {(2, 2, 63, 63): 0.016082443},
    10: {(1, 0, 63, 269): -0.011236359},
    12: {(0, 2, 0, 400): -0.008714244},
}
_MORE_BIAS: Mapping[int, Mapping[int, float]] = {2: {1: 0.06440781}, 11: {510: 0.23517226}}
VGG16_OXFORD = Training(
    "vgg16-oxford",
    "Oxford's VGG16 (trained in Caffe; Keras and MatConvNet publish them too)",
    _OXFORD,
    _OXFORD_INPUT,
    (3, 3, 3, 64),
    {
        0: LayerFacts(
            {
                **of_filter(
                    0,
                    "B",
                    "0.42947057 0.373467 -0.061360113 0.27476987 0.038680777 -0.36722335"
                    " -0.05746817 -0.26224968 -0.35009676",
                ),
                **_corner(
                    {
                        "0,0 B": "0.429470569 0.117273867 0.0340129584"
                        " -0.132241577 -0.0533475243 0.00757738389",
                        "0,0 G": "0.550379455 0.0208774377 0.0988311544"
                        " -0.0848205537 -0.0511389151 0.0374943428",
                        "0,0 R": "0.480015397 -0.172696680 0.0375577137"
                        " -0.127135560 -0.0502991639 0.0348965675",
                    },
                    _ENDS,
                ),
                **_corner({"0,1 R": "0.408547", "0,2 R": "-0.0651456"}, (0,)),
            },
            {
                **first_values(
                    "0.73429835 0.093403675 0.06775674 0.8862966 0.25994542 0.66426694 -0.015828926"
                    " 0.3249065 0.68600726 0.062479325"
                ),
                25: 0.7446502,
            },
        ),
        **{
            number: LayerFacts(
                {(0, 0, 0, 0): float(kernel), **_MORE_KERNEL.get(number, {})},
                {0: float(bias), **_MORE_BIAS.get(number, {})},
            )
            for number, (kernel, bias) in enumerate(_DEEP, start=1)
        },
        13: LayerFacts(bias={0: -0.18869764}),
        14: LayerFacts(bias={0: 0.647107}),
        15: LayerFacts(bias={0: -0.2123236}),
    },
)

# MatConvNet's imagenet-vgg-verydeep-19 (RGB) as three pages on neural style transfer print it. Blue
# of unit 0 and ten biases: Keras's VGG19 in the same test of an HDF5 reader.
VGG19_OXFORD = Training(
    "vgg19-oxford",
    "Oxford's VGG19 (trained in Caffe; Keras and MatConvNet publish them too)",
    _OXFORD,
    _OXFORD_INPUT,
    (3, 3, 3, 64),
    {
        0: LayerFacts(
            {
                **of_filter(
                    0,
                    "B",
                    "0.341195 0.339992 -0.0448442 0.232159 0.0897821 -0.303314 -0.0726092 -0.246675"
                    " -0.336833",
                ),
                **_corner(
                    {
                        "0,0 R": "0.39416704 -0.08419707 -0.03631314"
                        " -0.10720515 -0.03804016 0.04690642",
                        "0,0 G": "0.46418372 0.03355668 0.10245045"
                        " -0.06945956 -0.04020201 0.04048637",
                        "0,0 B": "0.34119523 0.09563112 0.0177449"
                        " -0.11436455 -0.05099866 -0.00299793",
                        "0,1 R": "0.37740308 -0.07876257 -0.04775979"
                        " -0.11827433 -0.19008617 -0.01889699",
                        "0,1 G": "0.41810837 0.05260524 0.09755926"
                        " -0.09385028 -0.20492788 -0.0573062",
                        "0,1 B": "0.33999205 0.13363543 0.02129423"
                        " -0.13025227 -0.16508926 -0.06969624",
                    },
                    _ENDS,
                ),
            },
            first_values(
                "0.7301776 0.06493629 0.03428847 0.8260386 0.2578029 0.54867655 -0.012438543"
                " 0.34789944 0.5510871 0.06297145"
            ),
        )
    },
)
