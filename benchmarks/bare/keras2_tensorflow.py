"""What a user writes to time VGG16 in tf-keras: bare/keras2_tensorflow.py WEIGHTS INPUT REPEATS."""

import sys
import time

import numpy as np
import tf_keras as keras

network = keras.applications.vgg16.VGG16(weights=sys.argv[1])
model = keras.models.Model(network.input, [network.get_layer(n).output for n in ("fc1", "fc2")])
x = np.ascontiguousarray(np.load(sys.argv[2])[..., ::-1])
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    model.predict(x, verbose=0)
    print(time.perf_counter() - begun)
