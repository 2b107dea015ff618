"""Time VGG16 in PyTorch as a user does: bare/vgg16_in_pytorch.py WEIGHTS INPUT REPEATS THREADS."""

import sys
import time

import numpy as np
import torch

from torchvision_import import import_torchvision  # its own import fails in the build for the CPU

network = import_torchvision().models.vgg16(weights=None).eval()
network.load_state_dict(torch.load(sys.argv[1], weights_only=True))
torch.set_num_threads(int(sys.argv[4]))
ends = {network.classifier[1]: "fc6", network.classifier[4]: "fc7"}
x = np.ascontiguousarray(np.load(sys.argv[2]).transpose(0, 3, 1, 2))
found = {}
for module, name in ends.items():
    module.register_forward_hook(lambda _, given, y, name=name: found.__setitem__(name, y.numpy()))
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    with torch.inference_mode():
        network(torch.from_numpy(x))
    print(time.perf_counter() - begun)
