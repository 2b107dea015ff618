"""Time VGG16 in ONNX Runtime as a user does: vgg16_in_onnxruntime.py FILE INPUT REPEATS THREADS."""

import sys
import time

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(sys.argv[4])
session = onnxruntime.InferenceSession(sys.argv[1], options, ["CPUExecutionProvider"])
x = np.ascontiguousarray(np.load(sys.argv[2]).transpose(0, 3, 1, 2))
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    session.run(["fc6", "fc7"], {"input": x})
    print(time.perf_counter() - begun)
