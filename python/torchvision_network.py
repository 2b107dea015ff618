"""A network of torchvision in PyTorch: built by torchvision, with the weights of a state dict."""

from __future__ import annotations

from typing import Any

import torch  # type: ignore[import-not-found]

from job_files import Preprocessing
from network_file import NetworkError, NetworkFile
from torchvision_import import import_torchvision
from torchvision_networks import PREFIX, build, preprocessing_of
from traced_network import trace


class TorchvisionNetwork:
    """A classifier, whose nodes have the names of torchvision's feature extraction."""

    def __init__(self, network: NetworkFile, state_file: str) -> None:
        """Build it and load its weights.

        state_file: a state dict, read with `weights_only=True`. Raises ValueError for a network
        that is not torchvision's, or weights that are not its own.
        """
        if not network.name.startswith(PREFIX):
            raise NetworkError(
                f"network {network.name!r} is not called {PREFIX}NAME, so torchvision cannot build "
                "it; give the job canonical weights"
            )
        self.name = network.name.removeprefix(PREFIX)
        self.torchvision = import_torchvision()
        height, width, channels = network.inputs[0].shape
        self.size = [height, width]
        model = build(self.torchvision, self.name, state_file)
        self.traced = trace(self.torchvision, model, torch.zeros(1, channels, height, width))

    @property
    def timed(self) -> list[str]:
        """The nodes that the option `per_layer` times."""
        names: list[str] = self.traced.names
        return names

    def up_to(self, layers: list[str]) -> Any:
        """Return the network that ends at these nodes. Raises ValueError if it lacks one."""
        return self.traced.returning(layers)

    def own_transforms(self, preprocessing: Preprocessing) -> Any:
        """Return the transforms of the network's default weights; None if the job asks for others.

        They crop to one size, so a network of another input size needs others as well.
        """
        transforms = self.torchvision.models.get_model_weights(self.name).DEFAULT.transforms()
        if [*transforms.crop_size * 2][:2] != self.size:
            return None
        _, stated = preprocessing_of(self.torchvision, self.name, self.size)
        return transforms if Preprocessing(**stated) == preprocessing else None
