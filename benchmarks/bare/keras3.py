"""What a user writes to time VGG16 in Keras 3: bare/keras3.py WEIGHTS INPUT REPEATS."""

import sys
import time

import keras
import numpy as np

network = keras.applications.VGG16(weights=sys.argv[1])
model = keras.Model(network.input, [network.get_layer(name).output for name in ("fc1", "fc2")])
x = np.ascontiguousarray(np.load(sys.argv[2])[..., ::-1])
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    model.predict(x, verbose=0)
    print(time.perf_counter() - begun)
