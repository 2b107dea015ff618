"""Make a classifier of torchvision by its name, with random weights or those of a .pth file.

python make_torchvision_network.py request.json

Leaves NAME.onnx, whose values have torchvision's names, NAME.pth (the state dict), and the answer
(see network_maker.py).
"""

from __future__ import annotations

import io
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]

from job_files import write_file
from network_maker import Request, UnknownNetworkError, main, normalising, say, unlike
from onnx_file import finished
from torchvision_import import import_torchvision
from torchvision_networks import build, classifiers, preprocessing_of
from traced_network import trace

OPSET = 17
INPUT = "x"


def make(request: Request) -> dict[str, Any]:
    """Make the network and save it. Raises UnknownNetworkError with the names that there are."""
    torchvision = import_torchvision()
    names = classifiers(torchvision)
    if request.name not in names:
        raise UnknownNetworkError(names)
    torch.manual_seed(request.seed)
    size, preprocessing = preprocessing_of(torchvision, request.name, request.input_size)
    say(f"building {request.name}")
    model = build(torchvision, request.name, request.weights)
    if request.weights is None:
        randomise(model, size, request.seed)
    say("saving it")
    torch.save(model.state_dict(), request.path(".pth"))
    say("exporting it to ONNX")
    image = torch.zeros(1, 3, *size)
    traced = trace(torchvision, model, image)
    exported = export(traced.returning(traced.names), image, traced.names)
    content = finished(exported, traced.names, traced.aliases, preprocessing, INPUT)
    write_file(Path(request.path(".onnx")), content)
    return {
        "file": f"{request.name}.onnx",
        "own_files": {"torchvision": f"{request.name}.pth"},
        "built": f"torchvision.models.{request.name}",
        "versions": {"torchvision": torchvision.__version__, "torch": torch.__version__},
        "preprocessing": preprocessing,
    }


def randomise(model: Any, size: list[int], seed: int) -> None:
    """Give every tensor that begins as a constant random values, and normalisations fitting ones.

    Batch normalisations get means and variances of the size of those that they meet, so that
    activations neither vanish nor explode in a deep network.
    """
    generator = np.random.default_rng(seed)
    for values in model.state_dict().values():
        drawn = unlike(values.numpy(), generator)
        if drawn is not None:
            values.copy_(torch.from_numpy(np.asarray(drawn)))
    layers = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    if not layers:
        return
    say("fitting its normalisations to random pixels")
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.train().momentum = 1.0  # the statistics become those of these images
    with torch.no_grad():
        # Two, since one value has no variance.
        model(torch.from_numpy(generator.standard_normal((2, 3, *size)).astype(np.float32)))
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.eval().momentum = momentum
        mean, variance = normalising(
            layer.running_mean.numpy(), layer.running_var.numpy(), generator
        )
        layer.running_mean.copy_(torch.from_numpy(mean))
        layer.running_var.copy_(torch.from_numpy(variance))


def export(module: Any, image: Any, outputs: list[str]) -> bytes:
    """Return a module as an ONNX file whose outputs have these names."""
    if find_spec("onnx") is None:
        # The exporter needs it only to add functions of onnxscript, of which there are none.
        from torch.onnx._internal.torchscript_exporter import (  # type: ignore[import-not-found]
            onnx_proto_utils,
        )

        onnx_proto_utils._add_onnxscript_fn = lambda model, _: model
    torch.backends.mha.set_fastpath_enabled(False)  # ONNX has no operator for it
    file = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        # The other exporter renames values, and joins layers that are to be seen one by one.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (image,),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=outputs,
            do_constant_folding=False,
        )
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main(make, sys.argv[1:]))
