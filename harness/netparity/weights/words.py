"""Words that people give as weights in place of a file, and what to type for them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from pathlib import Path

from netparity.files.strangers.missing import address_help
from netparity.networks.catalogue import catalogue_name
from netparity.weights.published import PUBLISHED

_TRAINED = re.compile(r"image_?net([_-]?1k)?([_-]?v\d)?|pre-?trained|default|true|yes|keras", re.I)
_OF_CAFFE = re.compile(r"caffe|matconvnet", re.I)
_OF_TORCH = re.compile(r"(torchvision|imagenet1k_v\d|\w+_weights\.\w+|torch|pytorch)", re.I)
_UNTRAINED = re.compile(r"none|random(ly)?|no|false|zeros|ones|init|null|scratch|dummy", re.I)
_SEEDED = re.compile(r"(synthetic|random|seed)\s*[-:=_ (]?\s*(?P<seed>\d{1,18})\)?", re.I)
_DEFAULT = "vgg16"
_MOST = 2000


def what_was_meant(source: str, model: str | None = None) -> str | None:
    """What to type in place of a word or an address that was given as weights.

    Args:
        model: the network's name, where it is known.

    Returns:
        One or two sentences that follow "weights ... do not exist."; None if it is a file that
        exists, `synthetic:SEED`, or looks like a path.
    """
    text = source.strip().strip("\"'").strip()
    if not text or len(text) > _MOST or _exists(text) or text.startswith("synthetic:"):
        return None
    if (address := _address(text)) is not None:
        return address
    if (match := _SEEDED.fullmatch(text)) or text.lower() in ("synthetic", "synth"):
        return f"Synthetic weights are given as --weights synthetic:{match['seed'] if match else 0}"
    if _UNTRAINED.fullmatch(text):
        return "Weights that no one has trained are given as --weights synthetic:0"
    return _trained(text, (model and catalogue_name(model)) or _DEFAULT)


def _trained(text: str, network: str) -> str | None:
    if _OF_TORCH.fullmatch(text):
        return f"Write torchvision's weights to a file and give that: {_of_torchvision(network)}"
    if _OF_CAFFE.fullmatch(text):
        return fetching(network, ("matconvnet",))
    if _TRAINED.fullmatch(text):
        return fetching(network)
    if (named := catalogue_name(text)) is not None:
        return f"It is the name of a network. {fetching(named)}"
    return None


def _of_torchvision(network: str) -> str:
    name = network.removesuffix("-notop")
    code = (
        f'import torch, torchvision; m = torchvision.models.{name}(weights="DEFAULT"); '
        f'torch.save(m.state_dict(), "{name}.pth")'
    )
    return f"python -c {shlex.quote(code)}"


def fetching(network: str, sources: Collection[str] = tuple(PUBLISHED)) -> str:
    """The command that fetches a network's published weights."""
    source = next((name for name in sources if network in PUBLISHED[name]), None)
    if source is None:
        return f"None are published for {network} where netparity fetches them: give --weights PATH"
    command = _fetch(source, network)
    return f"Fetch the published weights and give the path that this prints: {command}"


def _fetch(source: str, network: str) -> str:
    option = "" if source == "keras" else f" --source {source}"
    return f"netparity weights fetch {network}{option}"


def _address(text: str) -> str | None:
    if re.match("https?:/", text):  # a path made of an address has lost a slash
        for source, files in PUBLISHED.items():
            for network, file in files.items():
                if text.partition("?")[0].endswith(f"/{file.name}"):
                    fetch = _fetch(source, network)
                    return f"It is an address; give the path of the file that this fetches: {fetch}"
    return address_help(text)


def _exists(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
