"""What a user writes to time VGG16 in Keras 2: bare/keras2.py WEIGHTS INPUT REPEATS ORDER."""

import sys
import time

import numpy as np

import compat_py311  # Keras 2.3.1 does not start on Python 3.11 without

compat_py311.restore_removed_names()
import keras  # noqa: E402

keras.backend.set_image_data_format(sys.argv[4])
network = keras.applications.vgg16.VGG16(weights=sys.argv[1])
model = keras.models.Model(network.input, [network.get_layer(n).output for n in ("fc1", "fc2")])
x = np.load(sys.argv[2])[..., ::-1]
x = np.ascontiguousarray(x.transpose(0, 3, 1, 2) if sys.argv[4] == "channels_first" else x)
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    model.predict(x)
    print(time.perf_counter() - begun)
