"""Extract features of any network with PyTorch.

python extract_pytorch.py job.json
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from accelerator import memory_of
from extractor import main
from graph_stack import GraphStack, image_size
from job_files import Preprocessing, Weights
from native_image import mean_image_of
from network_file import NetworkFile
from stack import Description, Settings
from tensors_file import read_tensors


class Pytorch(GraphStack):
    """PyTorch."""

    torch: Any
    settings: Any
    network: Any
    transforms: str | None = None
    model: Any
    built: str | None = None

    def start(self, settings: Settings) -> None:
        """Import PyTorch and torchvision, and fix threads and precision.

        Raises ValueError for an option that PyTorch or this machine does not have.
        """
        import torch  # type: ignore[import-not-found]

        import torch_settings
        import torch_transforms  # noqa: F401  imported now, so that no phase is timed with it

        self.torch = torch
        self.settings = torch_settings.set_up(settings.options, settings.threads)
        if self.settings.compile:
            torch_settings.import_compiler()

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Build the network that outputs these nodes, or have torchvision build its own.

        Raises ValueError for a network or weights that cannot be used, or an unknown node.
        """
        if weights.format == "torchvision":
            from torchvision_network import TorchvisionNetwork

            self.network = TorchvisionNetwork(network, weights.file)
            self.built = f"torchvision.models.{self.network.name}"
        elif weights.format == "safetensors":
            from torch_network import GraphNetwork

            self.tensors = read_tensors(weights.file)
            self.network = GraphNetwork(network, self.tensors)
            self.built = "netparity, from the graph"
        else:
            raise ValueError(
                f"weights have the format {weights.format!r}, expected 'safetensors' (canonical "
                "weights) or 'torchvision' (a state dict of the network that is named)"
            )
        self.model = self.ready(layers)

    def ready(self, layers: list[str]) -> Any:
        """Return the network up to these nodes, on its device, compiled if so asked."""
        settings = self.settings
        model = self.network.up_to(layers).eval()
        with self.memory_of_device():
            model = model.to(settings.device, settings.dtype, memory_format=settings.format)
        return self.torch.compile(model) if settings.compile else model

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """Decode with Pillow; resize, crop and normalise with torchvision's transforms.

        A network of torchvision has transforms of its own, which are used if they do what the job
        states.

        Returns N x C x H x W float32. Raises ValueError naming the image.
        """
        from torch_transforms import composed, tensor_of

        transforms = self.network.own_transforms(preprocessing)
        self.transforms = "those of the network's default weights"
        if transforms is None:
            self.transforms = "composed of the preprocessing that the job states"
            mean_image = mean_image_of(preprocessing, self.tensors)
            transforms = composed(image_size(shape), preprocessing, mean_image)
        array: np.ndarray = tensor_of(image_files, preprocessing.order, transforms).numpy()
        return array

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one float32 array per requested node, in main memory."""
        return self.computed(self.model, tensor)

    def computed(self, model: Any, tensor: np.ndarray) -> list[np.ndarray]:
        """Return a model's outputs as arrays. Raises DeviceError if the GPU's memory is full."""
        settings = self.settings
        with self.memory_of_device(), self.torch.inference_mode():
            x = self.torch.from_numpy(tensor)
            x = x.to(settings.device, settings.dtype)
            if x.dim() == 4:
                x = x.contiguous(memory_format=settings.format)
            return [output.float().cpu().numpy() for output in model(x)]

    def memory_of_device(self) -> AbstractContextManager[None]:
        """Have a full GPU reported in one sentence; see `accelerator.memory_of`."""
        return memory_of("PyTorch", self.settings.device, self.torch.cuda.max_memory_allocated)

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each node's name and a call of a network that ends there."""
        wanted = set(layers)
        for name in self.network.timed:
            yield name, partial(self.computed, self.ready([name]), tensor)
            wanted.discard(name)
            if not wanted:
                return

    def describe(self) -> Description:
        """Say which PyTorch runs, with which settings, threads and libraries."""
        import torch_settings

        torch = self.torch
        return Description(
            code=f"PyTorch {torch.__version__}",
            versions=versions(str(torch.__version__)),
            threads_found=torch.get_num_threads(),
            blas=torch_settings.libraries(self.settings.device),
            flags={
                **self.settings.flags(),
                **({} if self.transforms is None else {"transforms": self.transforms}),
                "graphs_compiled": str(torch_settings.graphs_compiled()),
                "resize": "Pillow's, antialiased (torchvision's Resize of a Pillow image)",
            },
            built=self.built,
        )


def versions(torch_version: str) -> dict[str, str]:
    """Return the versions of PyTorch and of the libraries that can change a result."""
    found = {"torch": torch_version, "python": platform.python_version()}
    for name in ("torchvision", "numpy", "pillow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main(Pytorch(), sys.argv[1:]))
