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
    """The network of the catalogue with this name.

    Raises:
        UsageError: if there is no such network; the message lists the known ones.
    """
    if name not in NETWORKS:
        raise UsageError(f"unknown model {name[:80]!r}; known models: {', '.join(NETWORKS)}")
    return NETWORKS[name]
