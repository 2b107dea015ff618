"""Time VGG16 in OpenVINO as a user does: vgg16_in_openvino.py FILE INPUT REPEATS THREADS."""

import sys
import time

import numpy as np
import openvino

core = openvino.Core()
model = core.compile_model(sys.argv[1], "CPU", {"INFERENCE_NUM_THREADS": int(sys.argv[4])})
x = np.ascontiguousarray(np.load(sys.argv[2]).transpose(0, 3, 1, 2))
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    model([x])
    print(time.perf_counter() - begun)
