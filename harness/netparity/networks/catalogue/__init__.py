"""The networks that netparity knows by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netparity.errors import UsageError
from netparity.networks.catalogue import (
    alexnet,
    fcn,
    googlenet,
    mobilenet,
    resnet,
    squeezenet,
    vgg,
)
from netparity.networks.catalogue.names import known_name, nearest
from netparity.networks.graph import Network


class Catalogue(Mapping[str, Network]):
    """Networks by name; each is built when it is asked for, and then kept."""

    def __init__(self, builders: Mapping[str, Callable[[], Network]]) -> None:
        self._builders = builders
        self._built: dict[str, Network] = {}

    def __getitem__(self, name: str) -> Network:
        """The network with this name."""
        if name not in self._built:
            self._built[name] = self._builders[name]()
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a network; nothing is built."""
        return name in self._builders

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._builders)

    def __len__(self) -> int:
        """The number of networks."""
        return len(self._builders)


NETWORKS: Mapping[str, Network] = Catalogue(
    {
        **vgg.BUILDERS,
        **alexnet.BUILDERS,
        **resnet.BUILDERS,
        **googlenet.BUILDERS,
        **mobilenet.BUILDERS,
        **squeezenet.BUILDERS,
        **fcn.BUILDERS,
    }
)


def network_called(name: str) -> Network:
    """The network of the catalogue with this name, however it is written.

    Raises:
        UsageError: if there is no such network; the message names the nearest and the known ones.
    """
    known = catalogue_name(name)
    if known is None:
        near = " or ".join(nearest(name, NETWORKS))
        question = f"; did you mean {near}?" if near else ""
        raise UsageError(
            f"unknown model {name[:80]!r}{question or ';'} known models: {', '.join(NETWORKS)}"
        )
    return NETWORKS[known]


def catalogue_name(text: str) -> str | None:
    """The name of a network of the catalogue as the catalogue writes it.

    Returns:
        `vgg16` for VGG16, vgg-16 or Vgg_16; None if the text names no network.
    """
    return known_name(text, NETWORKS)
