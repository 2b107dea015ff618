"""Export small networks by PyTorch's two exporters, with PyTorch's own outputs.

python export.py FOLDER, in an environment with torch, onnx and onnxscript (see README.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as f


class AlexLike(nn.Module):
    """Groups, dilation, ceil, dropout and a flattening by the number of images."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 8, 5, stride=2, padding=2), nn.ReLU(), nn.Identity()),
            *(nn.MaxPool2d(3, 2), nn.Conv2d(8, 12, 3, padding=1, groups=2), nn.ReLU()),
            *(nn.MaxPool2d(3, 2, ceil_mode=True),),
            *(nn.Conv2d(12, 8, 3, dilation=2, padding=2, bias=False), nn.ReLU()),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 7)
        )

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(x.view(x.size(0), -1))


class Block(nn.Module):
    """A residual block, whose ReLU is called twice."""

    def __init__(self, inputs, units, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, units, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(units)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(units, units, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(units)
        self.downsample = None
        if stride != 1:
            short = nn.Conv2d(inputs, units, 1, stride, bias=False)
            self.downsample = nn.Sequential(short, nn.BatchNorm2d(units))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResLike(nn.Module):
    """Residual blocks with batch normalisation, and a global average."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, 2, 1, bias=False)
        self.bn1, self.relu = nn.BatchNorm2d(6), nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(6, 6))
        self.layer2 = nn.Sequential(Block(6, 10, 2))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(10, 5)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer2(self.layer1(x))), 1))


class Inception(nn.Module):
    """Branches, average pools, upsampling of three kinds, an L2 norm."""

    def __init__(self):
        super().__init__()
        self.stem, self.b1 = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 4, 1)
        self.b2 = nn.Sequential(nn.Conv2d(6, 3, 1), nn.ELU(), nn.Conv2d(3, 5, 3, padding=1))
        self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.down = nn.AvgPool2d(2, 2, ceil_mode=True)
        self.deconv = nn.ConvTranspose2d(15, 4, 3, stride=2, padding=1, output_padding=1)
        self.prelu = nn.PReLU(4)

    def forward(self, x):
        x = f.leaky_relu(self.stem(x), 0.1)
        x = torch.cat([self.b1(x), self.b2(x), self.pool(x)], 1)
        x = self.prelu(self.deconv(self.down(self.up(x))))
        x = f.interpolate(x, size=(11, 13), mode="bilinear", align_corners=False)
        x = f.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)
        return f.normalize(x.mean([2, 3]), dim=1)


class MobileLike(nn.Module):
    """Depthwise convolutions, ReLU6, hard swish, squeeze and excitation, padding."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8, eps=1e-3), nn.ReLU6()),
            *(nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8)),
            *(nn.Hardswish(), nn.Conv2d(8, 12, 1), nn.SiLU()),
        )
        self.se = nn.Sequential(
            *(nn.AdaptiveAvgPool2d(1), nn.Conv2d(12, 4, 1), nn.ReLU()),
            *(nn.Conv2d(4, 12, 1), nn.Hardsigmoid()),
        )
        self.head = nn.Sequential(nn.Linear(12, 6), nn.Softmax(dim=1))

    def forward(self, x):
        x = self.features(x)
        x = f.pad(x * self.se(x), (1, 0, 2, 1))
        return self.head(f.pad(x, (1, 1, 1, 1), mode="reflect").mean(dim=(2, 3)))


class NextLike(nn.Module):
    """Normalised images, layer normalisation on channels last, GELU, a shuffle, slices."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.2, 0.3, 0.25]).view(1, 3, 1, 1))
        self.stem, self.norm = nn.Conv2d(3, 8, 4, 4), nn.LayerNorm(8)
        self.up, self.act, self.down = nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8)
        self.gamma = nn.Parameter(torch.rand(8) + 0.5)
        self.curve, self.end = nn.GELU(approximate="tanh"), nn.Linear(8 * 3 * 4, 5)

    def forward(self, x):
        x = self.stem((x - self.mean) / self.std)
        y = self.down(self.act(self.up(self.norm(x.permute(0, 2, 3, 1))))) * self.gamma
        x = x + y.permute(0, 3, 1, 2)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        a, b = x.chunk(2, 1)
        return self.end(torch.flatten(torch.cat([torch.tanh(a), self.curve(b)], 1), 1))


NETWORKS = {
    AlexLike: ((36, 52), (9, 17)),
    ResLike: ((32, 36), (11, 18)),
    Inception: ((9, 10), (11,)),
    MobileLike: ((20, 23), (9, 13)),
    NextLike: ((12, 16), (13, 17)),
}


MODULES = {
    AlexLike: ("features.6", "classifier.2"),
    ResLike: ("maxpool", "avgpool"),
    Inception: ("b2.1", "down"),
    MobileLike: ("features.5", "features.7", "se.4"),
    NextLike: ("norm", "act"),
}
"""Whose outputs are kept, too."""


def with_statistics(network):
    """Batch normalisations get statistics as after training."""
    random = torch.Generator().manual_seed(5)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            units = part.num_features
            part.running_mean.data = torch.randn(units, generator=random) * 0.2
            part.running_var.data = torch.rand(units, generator=random) + 0.5
            part.weight.data = torch.rand(units, generator=random) + 0.5
            part.bias.data = torch.randn(units, generator=random) * 0.2
    return network.eval()


def without_traces(path):
    """Leave out where on this machine the code was; keep the names of the modules."""
    model = onnx.load(path)
    for each in [
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
        *model.graph.initializer,
        model,
    ]:
        kept = [entry for entry in each.metadata_props if entry.key.endswith("name_scopes")]
        kept = [(entry.key, entry.value) for entry in kept]
        del each.metadata_props[:]
        for key, value in kept:
            each.metadata_props.add(key=key, value=value)
        each.doc_string = ""
    del model.graph.value_info[:]
    onnx.save(model, path)


def export(folder, kind):
    """One network: its outputs for two images, and a file for each exporter and opset."""
    (height, width), opsets = NETWORKS[kind]
    torch.manual_seed(3)
    network = with_statistics(kind())
    x = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(7))
    name = kind.__name__.lower()
    kept = {}
    parts = dict(network.named_modules())
    hooks = [
        parts[part].register_forward_hook(lambda _, __, y, part=part: kept.update({part: y}))
        for part in MODULES[kind]
    ]
    with torch.no_grad():
        double = network.double()(x.double()).numpy()
        features = {part: y[:1].numpy().copy() for part, y in kept.items()}
        single = network.float()(x).numpy()
    for hook in hooks:
        hook.remove()
    np.savez(folder / f"{name}.npz", input=x.numpy(), output32=single, output64=double, **features)
    for opset in opsets:
        path = folder / f"{name}-script{opset}.onnx"
        axes = {"image": {0: "n"}, "scores": {0: "n"}}
        names = {"input_names": ["image"], "output_names": ["scores"], "dynamic_axes": axes}
        torch.onnx.export(network, (x[:1],), path, opset_version=opset, dynamo=False, **names)
        without_traces(path)
    path = folder / f"{name}-dynamo18.onnx"
    shapes = ({0: torch.export.Dim("n")},)
    torch.onnx.export(
        network,
        (x,),
        path,
        opset_version=18,
        dynamo=True,
        external_data=False,
        dynamic_shapes=shapes,
        verbose=False,
    )
    without_traces(path)


if __name__ == "__main__":
    for each in NETWORKS:
        export(Path(sys.argv[1]), each)
