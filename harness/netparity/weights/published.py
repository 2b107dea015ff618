"""The weights that projects publish: their addresses and their MD5."""

from __future__ import annotations

from dataclasses import dataclass

from netparity.errors import UsageError
from netparity.networks.catalogue import catalogue_name

_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications"
_MATCONVNET = "https://www.vlfeat.org/matconvnet/models"


@dataclass(frozen=True)
class Published:
    """A file that a project publishes.

    Attributes:
        folder: the URL of its folder.
        md5: as published (Keras: `keras.applications`; MatConvNet: its page of models).
    """

    folder: str
    name: str
    md5: str


def _keras(model: str, notop: str, md5: str) -> Published:
    name = f"{model}_weights_tf_dim_ordering_tf_kernels{notop}.h5"
    return Published(f"{_KERAS}/{model}", name, md5)


def _matconvnet(stem: str, md5: str) -> Published:
    return Published(_MATCONVNET, f"{stem}.mat", md5)


FROM_KERAS = {
    "vgg16": _keras("vgg16", "", "64373286793e3c8b2b4e3219cbf3544b"),
    "vgg16-notop": _keras("vgg16", "_notop", "6d6bbae143d832006294945121d1f1fc"),
    "vgg19": _keras("vgg19", "", "cbe5617147190e668d6c5d5026f83318"),
    "vgg19-notop": _keras("vgg19", "_notop", "253f8cb515780f3b799900260a226db6"),
}
FROM_MATCONVNET = {
    "vgg16": _matconvnet("imagenet-vgg-verydeep-16", "f72d927587ca4c97fbd165ec9cb9997f"),
    "vgg19": _matconvnet("imagenet-vgg-verydeep-19", "106118b7cf60435e6d8e04f6a6dc3657"),
    "vgg-face": _matconvnet("vgg-face", "3d6cd504bf9c98af4a561aad059565d1"),
    "alexnet": _matconvnet("imagenet-caffe-alex", "b5152a54bf61100a8ed61827c76e7d08"),
    "caffe-ref": _matconvnet("imagenet-caffe-ref", "675dd47906d34f4d9a70fc44210d3804"),
    "vgg-f": _matconvnet("imagenet-vgg-f", "3513562d28089bd965cc050cbf8597a6"),
    "vgg-m": _matconvnet("imagenet-vgg-m", "29294d5f62578c96a3533859514235f2"),
    "vgg-s": _matconvnet("imagenet-vgg-s", "dbe23da22e82078debda75842b16d5fa"),
    "googlenet": _matconvnet("imagenet-googlenet-dag", "97f4e1aa9ad6ed33fd325835710c5092"),
    "resnet50": _matconvnet("imagenet-resnet-50-dag", "d72aa76a8ddf8bd96e405ac0ba827724"),
    "resnet101": _matconvnet("imagenet-resnet-101-dag", "16ff04c36c7bd33510e4a81db6dc764b"),
    "resnet152": _matconvnet("imagenet-resnet-152-dag", "f399bef82f5bcaf290d07ccc818833d7"),
    "fcn32s": _matconvnet("pascal-fcn32s-dag", "a1331885ec72a0721e51ac9d16262a48"),
}
OUTSIDE_THE_CATALOGUE = {
    "imagenet-vgg-m-128": "3a8dc312a44a99d21ad43e8d96a8590f",
    "imagenet-vgg-m-1024": "1410d01878346f911e991dd0c1bb983b",
    "imagenet-vgg-m-2048": "087ec812e0a09980bd934e2e7ba157f6",
    "imagenet-matconvnet-alex": "0998b7f66bd8dcbb78a3e75aaa6127f3",
    "imagenet-matconvnet-vgg-f": "790e116ec817a58960b103514891fdbf",
    "imagenet-matconvnet-vgg-m": "7e07705fc60c178ee3d2c09dab33acf3",
    "imagenet-matconvnet-vgg-s": "82d5705d292714d0d6581a834485705b",
    "imagenet-matconvnet-vgg-verydeep-16": "89a117515f66c3d7b0eb9d0516c65141",
    "pascal-fcn16s-dag": "2e49dd427829cdbc08a0154f994687d7",
    "pascal-fcn8s-dag": "0eeb6a4bc819616ea66f88a3db878983",
    "pascal-fcn8s-tvg-dag": "b0f7bd5833b555c6241dd0c05897ca41",
}
"""MatConvNet's files of other networks, which go by their own names."""

PUBLISHED: dict[str, dict[str, Published]] = {
    "keras": FROM_KERAS,
    "matconvnet": {
        **FROM_MATCONVNET,
        **{stem: _matconvnet(stem, md5) for stem, md5 in OUTSIDE_THE_CATALOGUE.items()},
    },
}
"""By project, then by network."""


def published(model: str, source: str) -> Published:
    """The file in which a project publishes a network's weights.

    Raises:
        UsageError: if there is none; the message lists what is published.
    """
    files = PUBLISHED.get(source.lower(), {})
    file = files.get(model) or files.get(catalogue_name(model) or model.lower())
    others = _publishing(model) if source.lower() in PUBLISHED else []
    if file is None and others:
        raise UsageError(
            f"{source[:40]!r} publishes no weights of {model[:40]}; fetch them with: netparity "
            f"weights fetch {catalogue_name(model) or model} --source {others[0]}"
        )
    if file is None:
        known = "; ".join(f"{', '.join(files)} from {name}" for name, files in PUBLISHED.items())
        raise UsageError(
            f"{source[:40]!r} publishes no weights of {model[:40]}; available are {known}"
        )
    return file


def _publishing(model: str) -> list[str]:
    """The projects that publish weights of a network."""
    name = catalogue_name(model) or model
    return [source for source, files in PUBLISHED.items() if name in files]
