"""An extractor without a framework, to test the run itself: `python numpy_stack.py job.json`.

NUMPY_STACK_FAULT makes it misbehave at a chosen point.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from extractor import main
from stack import Description
from tests.support.tiny_vgg16 import TINY, forward

FAULT = os.environ.get("NUMPY_STACK_FAULT", "")


class NumpyStack:
    """Runs TINY, or of any network one node that reads the input: its positive values."""

    network = None

    def start(self, settings):
        if FAULT == "die":
            os._exit(9)
        if FAULT == "sleep":
            print("sleeping", flush=True)
            time.sleep(120)

    def load(self, architecture, weights_file, layers):
        if FAULT == "memory":
            raise MemoryError
        self.layers = layers

    def load_network(self, network, weights, layers):
        self.network, self.layers = network, layers

    def preprocess_as(self, image_files, shape, preprocessing):
        return np.full((len(image_files), *shape), preprocessing.mean[0], np.float32)

    def preprocess(self, image_files, size):
        return np.zeros((len(image_files), *size, 3), np.float32)

    def predict(self, tensor):
        if self.network is not None:
            return [np.maximum(tensor, 0) for _ in self.layers]
        outputs = forward(TINY.arrays, tensor)
        if FAULT == "folder":
            import shutil

            shutil.rmtree(os.environ["NUMPY_STACK_FOLDER"])
        if FAULT == "full":
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        return [outputs[layer] for layer in self.layers]

    def from_canonical(self, tensor):
        return tensor

    to_canonical = feature_to_canonical = from_canonical

    def describe(self):
        built = self.network and f"the test, from {self.network.name}"
        return Description("NumPy", {"numpy": np.__version__}, None, None, {}, built)


if __name__ == "__main__":
    sys.exit(main(NumpyStack(), sys.argv[1:]))
