"""Names of networks as people write them: in any case, with `-`, `_`, a blank or no mark."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

_OTHER_NAMES = {
    "vggverydeep16": "vgg16",
    "imagenetvggverydeep16": "vgg16",
    "vggilsvrc16layers": "vgg16",
    "vgg16layers": "vgg16",
    "vggd": "vgg16",
    "vggverydeep19": "vgg19",
    "imagenetvggverydeep19": "vgg19",
    "vggilsvrc19layers": "vgg19",
    "vgge": "vgg19",
    "vggface16": "vgg-face",
    "imagenetcaffealex": "alexnet",
    "imagenetcafferef": "caffe-ref",
    "caffenet": "caffe-ref",
    "imagenetgooglenetdag": "googlenet",
    "inceptionv1": "googlenet",
    "imagenetresnet50dag": "resnet50",
    "imagenetresnet101dag": "resnet101",
    "imagenetresnet152dag": "resnet152",
    "pascalfcn32sdag": "fcn32s",
}
"""What papers and files call networks of the catalogue, without marks."""

_NEAREST = 3


def known_name(text: str, names: Collection[str]) -> str | None:
    """The name that a text means; None if it means none."""
    if text in names:
        return text
    bare = _bare(text)
    found = next((name for name in names if _bare(name) == bare), _OTHER_NAMES.get(bare))
    return found if found in names else None


def nearest(text: str, names: Collection[str]) -> list[str]:
    """The names that are most like a text."""
    by_bare = {_bare(name): name for name in names}
    near = get_close_matches(_bare(text)[:80], by_bare, n=_NEAREST, cutoff=0.6)
    return [by_bare[bare] for bare in near]


def _bare(text: str) -> str:
    return re.sub(r"[-_ .]", "", text.strip().lower())
