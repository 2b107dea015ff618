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

    def preprocess(self, image_files, size):
        return np.zeros((len(image_files), *size, 3), np.float32)

    def predict(self, tensor):
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
        return Description("NumPy", {"numpy": np.__version__}, None, None, {})


if __name__ == "__main__":
    sys.exit(main(NumpyStack(), sys.argv[1:]))
