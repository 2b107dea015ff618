"""Time VGG16 in OpenCV as a user does: vgg16_in_opencv.py FILE INPUT REPEATS THREADS."""

import sys
import time

import cv2
import numpy as np

cv2.setNumThreads(int(sys.argv[4]))
network = cv2.dnn.readNetFromONNX(sys.argv[1])
x = np.ascontiguousarray(np.load(sys.argv[2]).transpose(0, 3, 1, 2))
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    network.setInput(x)
    network.forward(["fc6", "fc7"])
    print(time.perf_counter() - begun)
